"""JUnit XML: an article is a test case, a failed gate a failure."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from unspin.writing.formats.base import ArticleResult, Run

#: Code points that XML 1.0 does not allow.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Findings named in a failure; the rest is counted.
MOST_NAMED = 20


def render(run: Run) -> str:
    """One test suite."""
    failed = sum(not a.passed for a in run.articles)
    skipped = sum(a.row["score"] is None for a in run.articles)
    tests = len(run.articles) + len(run.errors)
    head = (
        f'name="unspin" tests="{tests}" failures="{failed}" '
        f'errors="{len(run.errors)}" skipped="{skipped}" time="0"'
    )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {head}>",
        f"<testsuite {head}>",
    ]
    for article in run.articles:
        lines += _case(article)
    for path, reason in run.errors:
        lines += [
            f'<testcase classname="unspin" name={_attribute(path)} time="0">',
            f'<error message={_attribute(reason)} type="InputError"/>',
            "</testcase>",
        ]
    return "\n".join([*lines, "</testsuite>", "</testsuites>", ""])


def _case(article: ArticleResult) -> list[str]:
    head = f'<testcase classname="unspin" name={_attribute(article.path)} time="0">'
    if article.row["score"] is None and article.passed:
        return [head, '<skipped message="not judged"/>', "</testcase>"]
    if article.passed:
        return [head, "</testcase>"]
    bad = [str(g) for g in article.gates if not g.passed]
    named = [
        f"{i.path}:{i.number or '-'}:{i.column or '-'} {i.rule} {' '.join(i.message.split())}"
        for i in article.items
        if i.counts
    ]
    if len(named) > MOST_NAMED:
        named = [*named[:MOST_NAMED], f"and {len(named) - MOST_NAMED} more"]
    message = _attribute("; ".join(bad))
    body = escape(_legal("\n".join(named)))
    return [head, f'<failure message={message} type="gate">{body}</failure>', "</testcase>"]


def _attribute(text: str) -> str:
    return quoteattr(_legal(text))


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)
