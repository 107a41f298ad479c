"""Clauses, and what is made of them: tense and duty, who, by when, and what comes to nothing."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.recap.fields import extract_fields
from assistant.recap.reading import read
from assistant.recap.steps.clauses import find_clauses
from assistant.recap.steps.predicates import read_predicate, split_short_form
from assistant.recap.steps.verbs import base_of, gerund_of
from assistant.recap.tokens import tokenise

TUESDAY = date(2026, 9, 15)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("i'll have to ring", ("must", "ring", False)),
        ("they're going to send it", ("will", "send", False)),
        ("she's supposed to call", ("must", "call", False)),
        ("he's booked an engineer", ("perfect", "book", False)),
        ("it's booked for friday", ("present", "book", True)),
        ("they will be refunding me", ("will", "refund", False)),
        ("it'll be refunded", ("will", "refund", True)),
        ("i'm to drop it off", ("must", "drop", False)),
        ("she agreed to waive it", ("will", "waive", False)),
        ("they'd already sent it", ("past", "send", False)),
        ("they'd send it", ("would", "send", False)),
        ("i'd better call", ("must", "call", False)),
        ("i get refunded", ("present", "refund", True)),
        ("it has been sent", ("perfect", "send", True)),
        ("it's getting dropped off", ("progressive", "drop", True)),
        ("she was going to call", ("past", "call", False)),
        ("he can have one there", ("may", "have", False)),
    ],
)
def test_tense_and_duty(text: str, meant: tuple[str, str, bool]) -> None:
    tokens = tokenise(text)
    found = read_predicate(tokens, 1, split_short_form(tokens[0].word)[1])
    assert found is not None
    assert (found.mood, found.base, found.passive) == meant


@pytest.mark.parametrize("text", ["i won't pay", "they don't send it", "she's not coming"])
def test_negation(text: str) -> None:
    tokens = tokenise(text)
    found = read_predicate(tokens, 1, split_short_form(tokens[0].word)[1])
    assert found is not None
    assert found.negated


def test_forms_of_verbs() -> None:
    assert base_of("credited", "past") == "credit"
    assert base_of("applies", "third") == "apply"
    assert base_of("agreed", "participle") == "agree"
    assert base_of("sent", "participle") == "send"
    assert base_of("rebilled", "past") == "rebill", "done again"
    assert base_of("reading", "gerund") == "read"
    assert not base_of("restaurants", "third"), "a word of its own"
    assert base_of("sofa", "base") == ""
    assert gerund_of("remaking") == "remake"
    assert gerund_of("morning") == ""


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("she'll check it and call me", [("", "them", "check"), ("and", "them", "call")]),
        ("if it flashes i ring them", [("if", "thing", "flash"), ("", "me", "ring")]),
        ("someone from maintenance will come", [("", "them", "come")]),
        ("nobody rang", [("", "nobody", "ring")]),
        ("my son will drop it off", [("", "own", "drop")]),
        ("mine's in the post", [("", "thing", "be")]),
        ("they tanker it over", [("", "them", "tanker")]),
        ("she says use the form", [("", "them", "say"), ("", "none", "use")]),
        ("they told me to sign it", [("", "them", "tell"), ("", "me", "sign")]),
    ],
)
def test_who_does_what(text: str, clauses: list[tuple[str, str, str]]) -> None:
    reading = read(tokenise(text), TUESDAY)
    found = find_clauses(reading, frozenset(), reading.taken)
    assert [(one.link, one.subject.kind, one.predicate.base) for one in found] == clauses


@pytest.mark.parametrize(
    ("text", "owed"),
    [
        ("she's emailing me a form i fill in and return by friday", ["them None", "me 18"]),
        ("they said if it isn't in by monday they'll estimate it", ["them 21"]),
        ("the part is on order should land at the depot wednesday", ["them 16"]),
        ("they have seven days to respond", ["them 22"]),
        ("i was told someone senior will ring within five working days", ["them 22"]),
        ("somebody needs to be in on friday", ["me 18"]),
        ("she would see what she could do and ring me back before friday", ["them 18", "them 18"]),
        ("i said i'd think about it and let them know by friday", ["me 18"]),
        ("they're knocking twenty pounds off and sending a tech on monday", ["them 21", "them 21"]),
        ("contract to be signed and returned by next friday", ["me 25", "me 25"]),
        ("invoice to be emailed within two days", ["them 17"]),
        ("photos of the damage to go to claims before friday", ["me 18"]),
        ("three working days for the inspector to come", ["them 18"]),
        ("i should have the letter by friday", ["them 18"]),
        ("they'll whatsapp me before the weekend", ["them 18"]),
        ("the parcel gets picked up tomorrow", ["them 16"]),
        ("hire car delivered tomorrow by ten", ["them 16"]),
        ("forty pounds is coming off the bill on friday", ["them 18"]),
        ("notice in writing from me by friday", ["me 18"]),
        ("they come on friday i've to have the gate open", ["them 18", "me 18"]),
        ("the engineer is coming friday i have to clear the desk beforehand", ["them 18", "me 18"]),
        ("they're coming friday and if they don't show i ring them", ["them 18", "me 18"]),
        (
            "they collect it friday the new one comes within ten days of that",
            ["them 18", "them 28"],
        ),
        (
            "the visit is on friday and i need to stop the pills two days before",
            ["them 18", "me 16"],
        ),
        ("once she has it they'll pay in ten working days", ["them None"]),
        ("a draft by close of business tomorrow", ["them 16"]),
        ("they'll send it tomorrow or latest by friday", ["them 18"]),
        ("the lift crew is booked for monday", ["them 21"]),
        ("my only job is to keep the receipts and scan them over", ["me None", "me None"]),
        ("when the text comes i plug it in", ["me None"]),
        ("any breakages i report within two days", ["me 17"]),
        ("tomorrow they'll call me", ["them 16"]),
        ("a technician is scheduled for friday", ["them 18"]),
        ("i should get a call by friday", ["them 18"]),
        ("she'll post it on the twentieth engineer wasn't needed", ["them 20"]),
    ],
)
def test_promises_and_their_days(text: str, owed: list[str]) -> None:
    found = extract_fields(f"called acme insurance {text}", TUESDAY).next_steps
    dues = [f"{one.owner} {one.due.day if one.due else None}" for one in found]
    assert dues == owed


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("i need to make sure the loft is accessible", "make sure the loft is accessible"),
        ("i have to sign the form he sent me by friday", "sign the form he sent me"),
        ("she will get her manager to call me", "get her manager to call me"),
        ("i'm to call and ask for hamish", "call and ask for hamish"),
        ("told me to ring back if the light stays red", "ring back if the light stays red"),
        ("he'll email the form by friday claim number b four four two", "email the form"),
    ],
)
def test_what_belongs_to_an_act(text: str, action: str) -> None:
    (step,) = extract_fields(text, TUESDAY).next_steps
    assert step.action == action


@pytest.mark.parametrize(
    "text",
    [
        "they sent me a letter last week which i never got",
        "i was supposed to get a call on tuesday but nobody rang",
        "he said they normally send a reminder but they hadn't",
        "she wouldn't refund it and she won't call me back",
        "if i'd known i would have cancelled in march",
        "they should have sent it last friday",
        "i asked her to send me the form by email but she said they don't do that",
        "the agent said he can't do anything until next week",
        "i used to pay forty pounds a month now it's fifty",
        "they keep sending me letters every month",
        "we're on the old tariff and it runs until december",
        "the line is open from nine to five monday to friday",
        "they told me the system was down and to try again later",
        "my contract ends on the thirtieth of october",
        "the last engineer came on the fourth of september and he left a mess",
        "i don't have to do anything",
        "no need to call them back",
        "she never promised anything",
        "the appointment was cancelled",
        "i might ring them on monday if i can be bothered",
        "he said it usually takes ten days",
        "he wanted me to pay but i refused",
        "they were going to send an engineer but they've changed their minds",
        "you could hear people laughing in the background",
        "the number i called is on the back of the card",
        "i've already sent the photos and paid the invoice",
        "my flight is on friday and my hotel is booked",
        "the price goes up next month",
        "it's my birthday on saturday",
        "called the bank they put me on hold for an hour and then it cut off",
        "i paid the bill on the first",
        "they close at five on fridays",
        "we talked about the weather and then he transferred me",
        "she was asking me for my date of birth and my address",
        "he said to hold so i held",
        "i can't believe they charge for that",
        "the parcel was delivered on monday to the wrong house",
        "they offered to send a voucher and i said no",
        "the direct debit comes out on the first of every month",
        "thanks for calling have a nice day",
        "i have a meeting at three so i can't wait any longer",
        "they'd rather i used the app",
        "the woman before her said it would be friday but that was wrong",
        "let's see where did i put that number",
        "they claim they posted it on the second",
        "i'll believe it when i see it",
        "i'm going to make a cup of tea",
        "i hope they sort it out soon",
        "it should have been here by now",
        "order placed on the third delivered on the ninth and broken by the tenth",
        "ticket four four one open since march and nobody has looked at it",
        "they're a bunch of cowboys i'm never using them again",
        "my wife will ring them tomorrow",
        "the website says allow five days for delivery but it's been ten",
        "he said the warranty ran out in may so there's nothing they can do",
        "we discussed a payment plan but i haven't decided",
        "the earlier agent promised me a callback on tuesday which never came",
        "i was told i'd get an email by monday it never arrived",
        "they take payment on the fifteenth of each month",
        "i turned down the offer of a voucher",
        "she tried to sell me insurance and i said no thanks",
        "they're closed on sunday",
        "it rang for ages then went to voicemail i didn't leave a message",
        "the meeting was on the fifth",
    ],
)
def test_no_step_where_nothing_is_to_be_done(text: str) -> None:
    assert extract_fields(text, TUESDAY).next_steps == ()
