"""Which columns are offered as text, label and split, and why."""

import random

import pytest

from tuneyard.specs.tasks import Role

WORDS = ["card", "charged", "twice", "please", "help", "refund", "account", "login", "error", "invoice", "late"]


def csv_of(columns: dict[str, list[str]]) -> str:
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(row) for row in rows)]) + "\n"


def texts(count: int = 120, seed: int = 1) -> list[str]:
    chooser = random.Random(seed)
    return [" ".join(chooser.choices(WORDS, k=8)) for _ in range(count)]


def labels(count: int = 120, classes: str = "abc") -> list[str]:
    return [f"class_{classes[number % len(classes)]}" for number in range(count)]


def reasons(profile) -> dict[str, str]:
    return {column.name: column.reason for column in profile.columns}


def test_ids_dates_languages_and_constants_are_never_suggested(ingest_file):
    profile = ingest_file(
        csv_of(
            {
                "ticket_id": [f"T-{number:05}" for number in range(120)],
                "created": [f"2024-01-{1 + number % 28:02}" for number in range(120)],
                "lang": ["en" if number % 2 else "de" for number in range(120)],
                "source": ["web"] * 120,
                "what_happened": texts(),
                "queue": labels(),
            }
        )
    )
    assert profile.suggested_columns == {Role.TEXT: "what_happened", Role.LABEL: "queue"}
    types = {column.name: column.type for column in profile.columns}
    assert (types["ticket_id"], types["created"]) == ("identifier", "date")


def test_a_copy_of_the_label_is_not_offered_as_text(ingest_file):
    names = {
        "class_a": "Billing questions of all kinds",
        "class_b": "Refunds and returns",
        "class_c": "Everything else",
    }
    copies = [names[label] for label in labels()]
    profile = ingest_file(csv_of({"description": copies, "label": labels(), "words": texts()}))
    assert profile.suggested_columns == {Role.TEXT: "words", Role.LABEL: "label"}
    assert "give the answer away" in reasons(profile)["description"]


@pytest.mark.parametrize(
    "spell",
    [
        lambda label, number: label[::-1],
        lambda label, number: (label.upper(), f"{label.title()} ", f" {label}")[number % 3],
        lambda label, number: "something else" if number % 25 == 0 else f"This is about {label}",
        lambda label, number: "" if number % 10 == 0 else f"Group {label}",
    ],
    ids=["reversed", "other spellings", "nearly always", "with gaps"],
)
def test_a_near_copy_of_the_label_is_not_offered_as_text(ingest_file, spell):
    copies = [spell(label, number) for number, label in enumerate(labels())]
    profile = ingest_file(csv_of({"description": copies, "label": labels(), "words": texts()}))
    assert profile.suggested_columns == {Role.TEXT: "words", Role.LABEL: "label"}
    assert "give the answer away" in reasons(profile)["description"]


def test_a_column_that_goes_with_the_label_only_now_and_then_is_no_copy(ingest_file):
    usual = ["class_a"] * 114 + ["class_b"] * 6
    message = ["hello there"] * 110 + [f"hello {number} friends" for number in range(10)]
    profile = ingest_file(csv_of({"message": message, "label": usual}))
    assert profile.suggested_columns == {Role.TEXT: "message", Role.LABEL: "label"}


@pytest.mark.parametrize(
    "cells",
    [
        [f"T-{number:05}" for number in range(120)],
        [f"{number:032x}" for number in range(10**9, 10**9 + 120)],
        [f"user{number}@example.com" for number in range(120)],
        [f"2024-01-{1 + number % 28:02}T17:47:00Z" for number in range(120)],
        [f"{1 + number % 28}/2/2024 08:{number % 60:02}" for number in range(120)],
        [f"https://example.com/t/{number}" for number in range(120)],
    ],
    ids=["code", "hash", "mail", "timestamp", "date and time", "address"],
)
def test_ids_and_dates_are_not_offered_even_where_there_is_no_other_text(ingest_file, cells):
    profile = ingest_file(csv_of({"description": cells, "label": labels()}))
    assert Role.TEXT not in profile.suggested_columns


def test_of_two_labels_the_better_one_is_chosen_and_the_reason_given(ingest_file):
    profile = ingest_file(csv_of({"text": texts(), "category": labels(), "priority": labels(classes="xy")}))
    assert profile.suggested_columns[Role.LABEL] == "category"
    assert "preferred to 'priority' because its name says so" in reasons(profile)["category"]
    assert "'category' suits better" in reasons(profile)["priority"]


def test_chinese_columns_are_understood(ingest_file):
    chinese = [f"这个酒店的服务很好我们很满意{number}" for number in range(60)]
    profile = ingest_file(csv_of({"编号": [str(n) for n in range(60)], "内容": chinese, "类别": ["好", "坏"] * 30}))
    assert profile.suggested_columns == {Role.TEXT: "内容", Role.LABEL: "类别"}


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"text": texts(), "label": ["same"] * 120}, "'label' has the same value in every row"),
        ({"text": texts(), "id": [str(n) for n in range(120)]}, "no column has a few values that repeat"),
        ({"id": [str(n) for n in range(120)], "label": labels()}, "no column reads like text"),
    ],
)
def test_without_text_or_label_the_reason_says_what_is_missing(ingest_file, columns, says):
    profile = ingest_file(csv_of(columns))
    assert profile.suggested_task is None
    assert says in profile.suggestion_reason


def test_codes_with_leading_zeros_are_no_numbers(ingest_file):
    profile = ingest_file(csv_of({"text": texts(), "label": ["001", "002", "010"] * 40}))
    assert profile.suggested_columns[Role.LABEL] == "label"
    assert next(column.type for column in profile.columns if column.name == "label") == "category"


def test_the_profile_of_a_column_counts_its_cells(ingest_file):
    profile = ingest_file("text,label\nhello world,a\n  ,b\nhello world,a\nlonger text here,a\n")
    text, label = profile.columns
    assert (text.missing, text.distinct, text.lengths.longest) == (1, 2, 16)
    assert [(value.value, value.count) for value in label.top_values] == [("a", 3), ("b", 1)]


def test_a_subject_is_read_with_its_body(ingest_file):
    subjects = [f"Parcel {number} late" for number in range(120)]
    profile = ingest_file(csv_of({"subject": subjects, "body": texts(), "category": labels()}))
    assert profile.suggested_columns == {Role.TEXT: ["subject", "body"], Role.LABEL: "category"}
    assert [column.suggested_role for column in profile.columns] == [Role.TEXT, Role.TEXT, Role.LABEL]
