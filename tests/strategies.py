"""Hypothesis strategies that several tests share."""

from __future__ import annotations

from hypothesis import strategies as st

#: Words and marks that readers must tell apart.
_WORDS = st.sampled_from(
    [
        "back",
        "pain",
        "the",
        "of",
        "lower",
        "spine",
        "don’t",
        "café",
        "10",
        "mg",
        "a_b",
        "2",
        "*",
        "3",
        "{a|b}",
        "x<y",
        "AT&T",
        "naïve",
        "—",
        "…",
        "背中",
        "😀",
        "[22]",
    ]
)
_MARKUP = st.sampled_from(
    [
        "*", "**", "_", "`", "``", "[", "](", "](http://x.org)", "[^1]", "![", "<b>", "</b>",
        "<http://x.org>", "&amp;", "&eacute;", "\\*", "\\", "  \n", "\n", "\r\n", "\n\n", "> ",
        "- ", "1. ", "    ", "\t", "# ", "## ", "| ", " | ", "|---|---|\n", "\n---\n", "```\n",
        "{{< x >}}", "{% y %}", "===\n", "â€™", "\u00a0", "\r", "<!-- c -->", "<p>", "\0",
    ]
)  # fmt: skip
_TAGS = st.sampled_from(
    [
        "<p>", "</p>", "<div>", "</div>", "<ul>", "<li>", "</ul>", "<h1>", "</h1>", "<h2>", "</h2>",
        "<table>", "<tr>", "<td>", "</table>", "<a href='/x'>", "</a>", "<b>", "</b>", "<br>",
        "<br><br>", "<img src=x.png>", "<sup>1</sup>", "&amp;", "&nbsp;", "&#8217;", "&bogus;", "&",
        "<", "<!-- c -->", "<script>x</script>", "<pre>", "</pre>", "<ol start=3>", "</ol>",
        "<blockquote>", "</blockquote>", "<dl><dt>", "<dd>", "</dl>", "\r\n", "\n   ", "<iframe>",
    ]
)  # fmt: skip


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(parts, min_size=1, max_size=40).map("".join)


#: Plain text with any newlines.
plain_texts = st.lists(
    st.one_of(
        _WORDS, st.sampled_from([" ", "\n", "\r\n", "\r", "\n\n", "\t", "\f", "• ", "&amp;"])
    ),
    min_size=1,
    max_size=60,
).map("".join)
#: Markdown, well formed or not.
markdown_texts = _joined(st.one_of(_WORDS, st.just(" "), _MARKUP))
#: HTML, well formed or not.
html_texts = _joined(st.one_of(_WORDS, st.just(" "), _TAGS)).map(lambda t: f"<html><body>{t}")
