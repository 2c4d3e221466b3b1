"""Findings about rows: counts and row numbers that a person can go to."""

from tuneyard.specs.dataset import Finding, Profile

GOOD = "".join(f"good text number {number},{'ham' if number % 2 else 'spam'}\n" for number in range(20))


def finding(profile: Profile, code: str) -> Finding:
    return next(found for found in profile.findings if found.code == code)


def test_a_clean_table_has_no_findings(ingest_file):
    assert ingest_file("text,label\n" + GOOD).findings == []


def test_missing_cells_are_counted_with_their_rows(ingest_file):
    profile = ingest_file("text,label\n" + GOOD + " ,ham\nno label,\n\u3000,spam\n")
    assert (finding(profile, "missing_text").count, finding(profile, "missing_text").rows) == (2, [21, 23])
    assert finding(profile, "missing_label").rows == [22]


def test_copies_and_contradictions_are_told_apart(ingest_file):
    profile = ingest_file("text,label\n" + GOOD + "good text number 1,ham\ngood text number 2,ham\n")
    assert finding(profile, "duplicate_rows").rows == [21]
    conflict = finding(profile, "conflicting_labels")
    assert (conflict.count, conflict.rows) == (1, [3, 22])
    assert "good text number 2" in conflict.message


def test_labels_that_look_alike_are_named_with_what_cannot_be_seen(ingest_file):
    profile = ingest_file("text,label\n" + GOOD + "one,Ham\ntwo,ham\u00a0\nthree,ham\u200b\n")
    found = finding(profile, "similar_labels")
    assert (found.count, found.rows) == (3, [21, 22, 23])
    assert "'ham[no-break space]'" in found.message
    assert "'ham[zero-width space]'" in found.message


def test_rare_classes_are_named(ingest_file):
    found = finding(ingest_file("text,label\n" + GOOD + "one,odd\n"), "rare_classes")
    assert (found.count, found.rows) == (1, [21])
    assert "'odd' (1)" in found.message


def test_odd_characters_and_long_texts_are_pointed_out(ingest_file):
    extra = f"zero\u200bwidth,ham\nfish &amp; chips,ham\nCafÃ© noir,ham\n{'long ' * 500},ham\n"
    profile = ingest_file("text,label\n" + GOOD + extra)
    assert finding(profile, "control_characters").rows == [21]
    assert finding(profile, "html_entities").rows == [22]
    assert finding(profile, "garbled_letters").rows == [23]
    assert finding(profile, "long_texts").rows == [24]


def test_empty_columns_are_offered_for_dropping(ingest_file):
    rows = "".join(f"{line},\n" for line in GOOD.splitlines())
    profile = ingest_file("text,label,notes\n" + rows)
    assert finding(profile, "empty_column").column == "notes"
