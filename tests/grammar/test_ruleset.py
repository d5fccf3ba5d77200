from __future__ import annotations

from unspin.grammar.java import find_java, major_version
from unspin.grammar.ruleset import default_rules


def test_default_rules_keep_the_grammar_that_spinning_breaks() -> None:
    rules = default_rules()
    assert rules.disabled_categories.isdisjoint({"GRAMMAR", "TYPOS", "CONFUSED_WORDS"})
    assert rules.disabled.isdisjoint({"EN_A_VS_AN", "ENGLISH_WORD_REPEAT_RULE", "HE_VERB_AGR"})


def test_default_rules_know_medical_words_in_both_spellings() -> None:
    known = default_rules().folded_words
    assert {"cardiomyocytes", "epigastrica", "practising", "crohn"} & known >= {
        "cardiomyocytes",
        "practising",
    }
    assert {"befor", "recieve", "teh", "occured"}.isdisjoint(known)


def test_java_version_is_read_from_old_and_new_forms() -> None:
    java = find_java()
    assert java is None or (major_version(str(java)) or 0) >= 17
    assert major_version("/no/such/java") is None
