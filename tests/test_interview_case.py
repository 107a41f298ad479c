"""The interview and the case file: saved first, journaled, brought up to date, recovered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.cases.building import CallInfo, Reading
from assistant.cases.case import Case
from assistant.cases.desk import CaseDesk
from assistant.cases.journal import Journal, UnfinishedRecap
from assistant.cases.recovery import finish_unfinished
from assistant.cases.store import CaseStore
from assistant.coaching.prompts import load_prompts
from assistant.errors import CaseError
from assistant.events import Final
from assistant.recap.fields import extract_fields
from assistant.recap.interview.amend import NONE_GIVEN
from assistant.recap.model import RecapFields, Unclear
from assistant.recap.written import write_out

STARTED = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
DICTATED = "I called Harbor Gas about my bill. They will refund me $50 by Friday."
ANSWERS = (
    "A B 7 4 2",
    "no, the fourth is delta",
    "yes",
    "Maria",
    "yes",
    "change the date to Monday",
)
PROMPTS = load_prompts()


def extract(text: str, today: date, company: str) -> RecapFields:
    return extract_fields(text, today, company=company)


READING = Reading(extract, write_out)


class Office:
    """A desk with its folders."""

    def __init__(self, folder: Path, reading: Reading = READING) -> None:
        self.store = CaseStore(folder / "cases")
        self.journals = folder / "journal"
        self.desk = CaseDesk(self.store, self.journals, CallInfo(STARTED), reading, PROMPTS)
        self.desk.begin()

    def dictate(self, text: str) -> None:
        self.desk.keep(Final(text, 0.0, 1.0, 1.0))

    def save(self) -> Path:
        return self.desk.save(60.0, interview=True).path

    def answer(self, *texts: str) -> None:
        for text in texts:
            self.desk.answer(Final(text, 1.0, 2.0, 2.0))
            self.desk.update()
            assert self.desk.ask is None or self.desk.ask.text

    def case(self) -> Case:
        (summary,) = self.store.list()
        return self.store.load(summary.case_id)

    def crash(self) -> UnfinishedRecap:
        """End as SIGKILL does: the lock goes, the journal stays."""
        assert self.desk._journal is not None
        self.desk._journal.close()
        (left,) = Journal.unfinished(self.journals)
        return left


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    office.dictate(DICTATED)
    return office


def test_the_case_is_on_disk_before_the_first_question(office: Office) -> None:
    saved = office.desk.save(60.0, interview=True)
    assert saved.ask is not None
    assert saved.ask.reason == "ask-case-number"
    assert office.case().company == "Harbor Gas"


def test_the_first_question_says_how_to_get_out(office: Office) -> None:
    office.save()
    assert office.desk.ask is not None
    assert office.desk.ask.text.startswith("Say skip, or I'm done")
    office.answer("A B 7 4 2")
    assert office.desk.ask is not None
    assert office.desk.ask.text == "Case number A B 7, 4 2. Right?"


def test_the_read_back_says_what_was_not_confirmed_yet(office: Office) -> None:
    office.save()
    office.answer("A B 7 4 2", "yes", "Maria")
    assert office.desk.ask is not None
    assert office.desk.ask.text == (
        "Maria helped. They will refund me $50 by Friday. Is that right and complete?"
    )
    office.answer("no", "the date is wrong", "on Monday")
    assert office.desk.ask is not None
    assert office.desk.ask.text == "By Monday November 30. Right?"


def test_no_more_than_three_of_a_kind_are_read_back(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.dictate(
        "They will call me by Tuesday. They will send a label by Wednesday. "
        "They will refund me $50 by Thursday. They will email the invoice by Friday."
    )
    office.save()
    while office.desk.ask is not None and office.desk.ask.reason != "read-back":
        office.answer("skip")
    assert office.desk.ask is not None
    assert office.desk.ask.text.count("They will") == 3


def test_nobody_spells_a_name_of_the_users_own_list(tmp_path: Path) -> None:
    said = "I called Harbor Gas and spoke with Oddelis. Case number AB742. They pay $5 by Friday."
    for folder, names in (("a", ()), ("b", ("Oddelis",))):
        office = Office(tmp_path / folder, Reading(extract, write_out, names))
        office.dictate(said)
        ask = office.desk.save(60.0, interview=True).ask
        assert ask is not None
        assert (ask.reason == "ask-spelling") == (not names)


def test_every_answer_reaches_the_case_file(office: Office) -> None:
    office.save()
    assert office.case().fields.case_numbers == ()
    office.answer("A B 7 4 2")
    (number,) = office.case().fields.case_numbers
    assert (number.value, number.words) == ("AB742", "A B 7 4 2")
    assert any(one.field == "case_numbers" for one in office.case().needs_review)
    office.answer("no, the fourth is delta", "yes")
    assert [one.value for one in office.case().fields.case_numbers] == ["AB7D2"]
    assert not any(one.field == "case_numbers" for one in office.case().needs_review)


def test_an_answer_builds_the_case_once(tmp_path: Path) -> None:
    built: list[str] = []

    def counted(text: str, today: date) -> str:
        built.append(text)
        return write_out(text, today)

    office = Office(tmp_path, Reading(extract, counted))
    office.dictate(DICTATED)
    office.save()
    assert len(built) == 1
    office.answer("A B 7 4 2")
    assert len(built) == 2


def test_the_answers_stand_in_the_case_file(office: Office) -> None:
    path = office.save()
    office.answer("A B 7 4 2", "", "Maria")
    assert [one.text for one in office.case().answers] == ["A B 7 4 2", "Maria"]
    text = path.read_text()
    assert "## Asked afterwards" in text
    assert "- Who helped: Maria" in text
    assert text.index("## Case numbers") < text.index("## Promises"), "in their usual places"


def test_to_have_none_is_noted(office: Office) -> None:
    office.save()
    office.answer("I don't have one.")
    case = office.case()
    assert case.fields.case_numbers == ()
    assert ("case_numbers", "said to have none") in [
        (one.field, one.reason) for one in case.needs_review
    ]


def test_what_was_edited_by_hand_meanwhile_stays(office: Office) -> None:
    path = office.save()
    text = path.read_text()
    edited = text.replace('company: "Harbor Gas"', 'company: "Harbour Gas Ltd"', 1)
    path.write_text(edited.replace("## Promises", "My own remark.\n\n## Promises"))
    office.answer("A B 7 4 2", "yes", "Maria")
    case = office.case()
    assert case.company == "Harbour Gas Ltd"
    assert [one.name for one in case.fields.people] == ["Maria"]
    assert "My own remark." in path.read_text()


def test_what_was_edited_by_hand_after_a_crash_stays(office: Office) -> None:
    path = office.save()
    office.answer("A B 7 4 2")
    office.desk.answer(Final("Yes.", 1.0, 2.0, 2.0))
    left = office.crash()
    path.write_text(path.read_text().replace('company: "Harbor Gas"', 'company: "Harbour Gas Ltd"'))
    finish_unfinished(left, office.store, READING, PROMPTS)
    case = office.case()
    assert case.company == "Harbour Gas Ltd"
    assert case.fields.case_numbers[0].confidence == 1.0, "the answer counts"


def test_the_journal_goes_when_the_interview_is_over(office: Office) -> None:
    office.save()
    office.answer("A B 7 4 2")
    office.desk.finish()
    assert list(office.journals.iterdir()) == []
    office.desk.close()


def test_leaving_in_the_middle_leaves_nothing_to_recover(office: Office) -> None:
    office.save()
    office.answer("A B 7 4 2")
    office.desk.close()
    assert list(office.journals.iterdir()) == []


def test_an_answer_is_in_the_journal_before_it_is_in_the_case(office: Office) -> None:
    office.save()
    office.desk.answer(Final("A B 7 4 2", 1.0, 2.0, 2.0, codes=(("AB742", 0.75), ("AP742", 0.2))))
    left = office.crash()
    assert [(one.question, one.text) for one in left.answers] == [("ask-case-number", "A B 7 4 2")]
    assert left.answers[0].codes == (("AB742", 0.75), ("AP742", 0.2))
    assert office.case().fields.case_numbers == ()
    finish_unfinished(left, office.store, READING, PROMPTS)
    assert [one.value for one in office.case().fields.case_numbers] == ["AB742"]
    assert Journal.unfinished(office.journals) == ()


def test_where_no_journal_could_be_kept_the_answers_reach_the_case(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.desk.close()
    (tmp_path / "journal").rmdir()
    (tmp_path / "journal").write_text("a file where the folder should be")
    desk = CaseDesk(office.store, office.journals, CallInfo(STARTED), READING, PROMPTS)
    with pytest.raises(CaseError):
        desk.keep(Final(DICTATED, 0.0, 1.0, 1.0))
    desk.save(60.0, interview=True)
    with pytest.raises(CaseError):
        desk.answer(Final("A B 7 4 2", 1.0, 2.0, 2.0))
    desk.update()
    assert [one.value for one in office.case().fields.case_numbers] == ["AB742"]
    desk.close()


def test_a_case_file_that_cannot_be_written_leaves_the_answers_in_the_journal(
    office: Office,
) -> None:
    path = office.save()
    path.write_text("damaged")
    office.desk.answer(Final("A B 7 4 2", 1.0, 2.0, 2.0))
    with pytest.raises(CaseError) as caught:
        office.desk.update()
    assert "cases recover" in caught.value.hint
    assert not office.desk.in_case
    office.desk.close()
    (left,) = Journal.unfinished(office.journals)
    assert [one.text for one in left.answers] == ["A B 7 4 2"]


def test_a_name_for_the_company_makes_no_second_case(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.dictate("They will refund me $50 by Friday.")
    office.save()
    while (ask := office.desk.ask) is not None and ask.reason != "ask-company":
        office.answer("skip")
    office.answer("Harbor Gas.")
    assert office.case().company == "Harbor Gas"
    finish_unfinished(office.crash(), office.store, READING, PROMPTS)
    assert office.case().company == "Harbor Gas", "and still one case file"


def test_a_second_recap_keeps_the_answers_and_asks_nothing_twice(office: Office) -> None:
    office.save()
    office.answer("I don't have one.", "Maria")
    office.desk.finish()
    office.desk.begin()
    office.dictate("They also apologised.")
    saved = office.desk.save(90.0, interview=True)
    assert [one.name for one in office.case().fields.people] == ["Maria"]
    assert saved.ask is not None
    assert saved.ask.reason == "read-back"
    left = office.crash()
    assert [one.text for one in left.answers] == ["I don't have one.", "Maria"]


def test_a_crash_in_a_second_recap_loses_neither_its_words_nor_what_was_edited(
    office: Office,
) -> None:
    path = office.save()
    office.answer("I don't have one.", "Maria")
    office.desk.finish()
    path.write_text(path.read_text().replace('company: "Harbor Gas"', 'company: "Harbour Gas Ltd"'))
    office.desk.begin()
    office.dictate("The case number is AB742.")
    finish_unfinished(office.crash(), office.store, READING, PROMPTS)
    case = office.case()
    assert [said.text for said in case.recap_spoken] == [DICTATED, "The case number is AB742."]
    assert [one.value for one in case.fields.case_numbers] == ["AB742"]
    assert [one.name for one in case.fields.people] == ["Maria"]
    assert case.company == "Harbour Gas Ltd"


def test_where_nothing_is_asked_the_journal_goes_at_once(tmp_path: Path) -> None:
    names = ("case_numbers", "next_steps", "people", "company")
    nothing = tuple(Unclear(field=name, reason=NONE_GIVEN, words="none") for name in names)
    fields = RecapFields(resolved=False, unclear=nothing)
    office = Office(tmp_path, Reading(lambda *_: fields, write_out))
    office.dictate("It went wrong.")
    assert office.desk.save(60.0, interview=True).ask is None
    assert list(office.journals.iterdir()) == []


def test_everything_dropped_leaves_nothing_behind(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.dictate("They will refund me.")
    office.desk.scratch(2.0, everything=True)
    office.desk.close()
    assert list(office.journals.iterdir()) == []


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from([*ANSWERS, "", "skip", "no"]), st.text(max_size=20)), max_size=8
    )
)
def test_recovery_gives_the_case_the_interview_would_have_given(
    tmp_path_factory: pytest.TempPathFactory, answers: Sequence[str]
) -> None:
    office = Office(tmp_path_factory.mktemp("office"))
    office.dictate(DICTATED)
    office.save()
    office.answer(*answers)
    lived = office.case()
    finish_unfinished(office.crash(), office.store, READING, PROMPTS)
    recovered = office.case()
    assert (recovered.fields, recovered.answers) == (lived.fields, lived.answers)
    assert recovered.case_id == lived.case_id


def said_of(tmp_path: Path, promise: str) -> str:
    """The read-back of a recap with just that `promise`."""
    office = Office(tmp_path)
    office.dictate(promise)
    return office.desk.save(60.0).readback


@pytest.mark.parametrize(
    ("promise", "said"),
    [
        ("They will refund me $50 by Friday.", "by Friday."),
        ("They will refund me $50 by December 4.", "by Friday December 4."),
        (
            "I will send the form with a copy of my card and the bill by Friday.",
            "You will send the form with a copy by Friday.",
        ),
        (
            "I will send the form with a copy of the letter and the bill.",
            "You will send the form with a copy.",
        ),
        (
            "I will send the form again with the two copies and the bill.",
            "You will send the form again.",
        ),
    ],
)
def test_a_promise_is_read_back_in_few_words(tmp_path: Path, promise: str, said: str) -> None:
    assert said_of(tmp_path, promise).endswith(said)


def test_a_changed_sum_is_read_back_with_its_sign(office: Office) -> None:
    office.save()
    while office.desk.ask is not None and office.desk.ask.reason != "read-back":
        office.answer("skip")
    office.answer("the amount should be sixty dollars")
    assert office.desk.ask is not None
    assert office.desk.ask.text == "Changed: $60. Right?"
