"""The Ask page in every state, drawn in this process; what it sends goes over HTTP to the scripted server."""

import pytest
from streamlit.testing.v1 import AppTest

from dev.stack.ports import free_port
from tests.dashboard import script
from tests.dashboard.conftest import OpenPage
from tests.dashboard.scripted import Stage


def ask(page: AppTest, question: str) -> AppTest:
    """Type a question and send it."""
    return page.chat_input[0].set_value(question).run()


def texts(page: AppTest) -> str:
    """Everything on the page that is plain text or one of our own sentences."""
    parts = [*page.text, *page.markdown, *page.caption, *page.metric, *page.title, *page.info, *page.error]
    return "\n".join(str(getattr(part, "value", "")) for part in parts)


def labels(page: AppTest) -> list[str]:
    """What is written on buttons."""
    return [button.label for button in page.button]


def press(page: AppTest, key: str) -> AppTest:
    """Press the button whose key begins so."""
    return next(button for button in page.button if str(button.key).startswith(key)).click().run()


def test_it_begins_with_questions_to_click(open_page: OpenPage, stage: Stage) -> None:
    """A click asks the verified question by its id, so that nothing has to be guessed."""
    page = press(open_page(), "example-top-listings-by-bids")

    (sent,) = stage.sent("nl_query")
    assert sent["question"] == script.TOP
    assert sent["verified"] == "top-listings-by-bids"
    assert script.TOP in texts(page)
    assert not page.exception


def test_an_answer_shows_where_it_came_from(open_page: OpenPage) -> None:
    """Badge, freshness, explanation, assumptions, chart, table, SQL."""
    page = ask(open_page(), script.TOP)

    shown = texts(page)
    assert "Verified" in shown
    assert "Cached, as of 12:03 UTC · 5 rows · 12 ms" in shown
    assert "The listings with the most bids" in shown
    assert "• Retracted bids do not count." in shown
    assert len(page.dataframe[0].value) == 5
    assert page.get("vega_lite_chart")
    assert page.code[0].value == script.TOP_SQL
    assert page.code[0].language == "sql"


@pytest.mark.parametrize(
    ("question", "badge"), [(script.TOP, "Verified"), (script.MONTHS, "Model"), (script.WILD, "Cached plan")]
)
def test_each_source_has_its_badge(open_page: OpenPage, question: str, badge: str) -> None:
    """So that nobody takes a model's answer for a verified one."""
    page = ask(open_page(), question)

    badges = [part.value for part in page.markdown if "-badge[" in part.value]
    assert len(badges) == 1
    assert badge in badges[0]


def test_refresh_asks_past_the_caches(open_page: OpenPage, stage: Stage) -> None:
    """And shows that the rows are new."""
    page = press(ask(open_page(), script.TOP), "again-")

    first, second = stage.sent("nl_query")
    assert "refresh" not in first
    assert second["refresh"] is True
    assert "\nAs of 12:03 UTC" in texts(page)


def test_parameters_are_changed_and_applied(open_page: OpenPage, stage: Stage) -> None:
    """The verified question runs with them; no SQL is written by the app."""
    page = ask(open_page(), script.TOP)
    page.number_input[0].set_value(3)
    page.selectbox(key="parameter-category-1").set_value("Wine")

    press(page, "apply-1")

    sent = stage.sent("nl_query")[-1]
    assert sent["verified"] == "top-listings-by-bids"
    assert sent["parameters"] == {"count": 3, "category": "Wine", "period": "all time"}


def test_a_question_with_a_blank_is_filled_in_before_it_is_asked(open_page: OpenPage, stage: Stage) -> None:
    """An id has no usual value."""
    page = open_page()
    page.selectbox(key="find").set_value("bids-on-listing").run()
    before = len(stage.sent("nl_query"))
    page.text_input[0].set_value("lst00000001")

    page = press(page, "apply-draft")

    assert before == 0
    assert stage.sent("nl_query")[-1]["parameters"] == {"listing": "lst00000001"}
    assert len(page.dataframe[0].value) == 2


def test_the_chart_can_be_changed_among_those_that_fit(open_page: OpenPage, stage: Stage) -> None:
    """Without another request."""
    page = ask(open_page(), script.MONTHS)
    before = page.get("vega_lite_chart")
    kinds = [option.content for option in page.get("button_group")[0].proto.options]

    page.session_state["kind-1"] = "table"
    page = page.run()

    assert kinds == ["Line", "Bars", "Table"]
    assert before
    assert not page.get("vega_lite_chart")
    assert len(stage.sent("nl_query")) == 1


def test_a_figure_is_shown_large(open_page: OpenPage) -> None:
    """With separators, under a name that people read."""
    page = ask(open_page(), script.ONE_NUMBER)

    assert (page.metric[0].label, page.metric[0].value) == ("Users", "12,408")


def test_no_rows_is_an_answer(open_page: OpenPage) -> None:
    """It says so, and shows the SQL."""
    page = ask(open_page(), script.NOTHING)

    assert "Nothing matches" in texts(page)
    assert not page.dataframe
    assert page.code


def test_a_cut_result_says_that_there_is_more(open_page: OpenPage) -> None:
    """And that its sum is not the sum."""
    page = ask(open_page(), script.MANY)

    assert "Only the first 1,000 rows" in texts(page)
    assert "1,000+ rows" in texts(page)


def test_an_unclear_question_is_asked_back(open_page: OpenPage, stage: Stage) -> None:
    """An option is a whole question and is asked as it stands."""
    page = ask(open_page(), script.UNCLEAR)
    assert "Measured as GMV" in texts(page)

    page = press(page, "option-0")

    assert stage.sent("nl_query")[-1]["question"] == script.MONTHS
    assert page.dataframe


def test_what_was_meant_can_be_said_in_own_words(open_page: OpenPage, stage: Stage) -> None:
    """When no option fits."""
    page = ask(open_page(), script.UNCLEAR)

    page.text_input[0].set_value("sold wine per week").run()

    assert stage.sent("nl_query")[-1]["question"] == "How are sales trending? (sold wine per week)"


def test_a_decline_says_why_and_what_else(open_page: OpenPage, stage: Stage) -> None:
    """A suggestion is asked in a conversation of its own."""
    page = ask(open_page(), script.NOT_HERE)
    assert "Nothing here says where people live." in texts(page)

    press(page, "suggestion-1")

    first, second = stage.sent("nl_query")
    assert second["question"] == script.TOP
    assert second["conversation_id"] != first["conversation_id"]


def test_what_the_guard_stopped_is_shown_with_its_rule(open_page: OpenPage) -> None:
    """Code and hint, and the SQL to edit."""
    page = ask(open_page(), script.FORBIDDEN)

    assert "Stopped by the guard" in texts(page)
    assert "users has no column email." in texts(page)
    assert "Rule: unknown_column" in texts(page)
    assert page.code[0].value == "SELECT email FROM users"


def test_a_failure_says_what_to_do(open_page: OpenPage) -> None:
    """In our words."""
    page = ask(open_page(), script.TOO_LONG)

    assert "No result" in texts(page)
    assert "Ask for a shorter period" in texts(page)


def test_without_a_model_the_nearest_verified_questions_are_offered(open_page: OpenPage, stage: Stage) -> None:
    """Three of them, to click; the page says so before anything is asked, too."""
    stage.desk = script.desk(model=None)
    page = open_page()
    assert "none is set up here" in texts(page)

    page = ask(page, script.NO_MODEL)

    assert "This needs a model" in texts(page)
    assert len([key for key in (button.key for button in page.button) if str(key).startswith("suggestion")]) == 3


def test_too_many_questions_say_when_to_go_on(open_page: OpenPage) -> None:
    """By the clock and in seconds."""
    page = ask(open_page(), script.TOO_MANY)

    assert "You have asked many questions in a short time." in texts(page)
    assert "You can go on at" in texts(page)
    assert "(in 4" in texts(page)


@pytest.mark.parametrize("question", [script.BROKEN, script.HANG_UP])
def test_a_call_that_fails_is_a_sentence_and_never_a_traceback(open_page: OpenPage, question: str) -> None:
    """With a way to try again."""
    page = ask(open_page(), question)

    assert "No answer" in texts(page)
    assert "ry again" in texts(page)
    assert "Traceback" not in texts(page)
    assert "Try again" in labels(page)
    assert not page.exception


def test_a_network_that_is_down_is_said_at_once(open_page: OpenPage) -> None:
    """Already on the empty page."""
    page = open_page(GAVEL_API=f"http://127.0.0.1:{free_port()}/api")

    assert "The service cannot be reached." in texts(page)
    assert not page.exception


def test_an_app_that_is_not_set_up_says_which_setting_is_missing(open_page: OpenPage) -> None:
    """And does nothing else."""
    page = open_page(K_SERVICE="dashboard")

    assert "The app is not set up" in texts(page)
    assert "GAVEL_SIGN_IN" in texts(page)
    assert not page.chat_input


def test_edited_sql_passes_the_same_guard(open_page: OpenPage, stage: Stage) -> None:
    """It is sent as `sql_override`; what is refused can be edited again."""
    page = press(ask(open_page(), script.TOP), "edit-")
    page.text_area[0].set_value("DELETE FROM listings")
    page = press(page, "run-")
    assert "Write one SELECT." in texts(page)

    page = press(page, "edit-")
    assert page.text_area[0].value == "DELETE FROM listings"
    page.text_area[0].set_value("SELECT id FROM listings")
    page = press(page, "run-")

    assert [sent.get("sql_override") for sent in stage.sent("nl_query")] == [
        None,
        "DELETE FROM listings",
        "SELECT id FROM listings",
    ]
    assert "Edited" in texts(page)


def test_follow_ups_stay_in_the_conversation_until_a_new_one_begins(open_page: OpenPage, stage: Stage) -> None:
    """Which then knows nothing of the old one."""
    page = ask(ask(open_page(), script.MONTHS), script.ONE_NUMBER)
    assert script.MONTHS in labels(page)

    page = press(page, "new-conversation")
    ask(page, script.TOP)

    first, second, third = (sent["conversation_id"] for sent in stage.sent("nl_query"))
    assert first == second
    assert third != first
    assert 8 <= len(first) <= 64


def test_an_earlier_answer_is_shown_again_without_asking(open_page: OpenPage, stage: Stage) -> None:
    """It was kept."""
    page = ask(ask(open_page(), script.MONTHS), script.ONE_NUMBER)

    page = press(page, "earlier-")

    assert len(page.dataframe[0].value) == 12
    assert len(stage.sent("nl_query")) == 2


def test_history_and_saved_questions_are_asked_again(open_page: OpenPage, stage: Stage) -> None:
    """With one click."""
    page = open_page()

    press(page, "saved-0")

    assert stage.sent("nl_query")[-1]["question"] == script.MONTHS


def test_a_question_is_saved_and_no_longer(open_page: OpenPage, stage: Stage) -> None:
    """The button says which."""
    page = press(ask(open_page(), script.TOP), "save-")
    assert "Saved" in labels(page)

    page = press(page, "save-")

    assert "Save" in labels(page)
    assert stage.sent("nl_feedback") == [
        {"request_id": "req-top", "mark": "saved"},
        {"request_id": "req-top", "mark": "unsaved"},
    ]


def test_thumbs_up_is_sent_at_once(open_page: OpenPage, stage: Stage) -> None:
    """Nothing more is asked."""
    page = ask(open_page(), script.TOP)

    page.feedback[0].set_value(1).run()

    assert stage.sent("nl_feedback") == [{"request_id": "req-top", "mark": "up"}]


def test_thumbs_down_asks_what_was_expected(open_page: OpenPage, stage: Stage) -> None:
    """And sends both."""
    page = ask(open_page(), script.TOP)
    page = page.feedback[0].set_value(0).run()
    before = stage.sent("nl_feedback")
    page.text_input[0].set_value("only live ones")

    page = next(button for button in page.button if button.label == "Send").click().run()

    assert before == []
    assert stage.sent("nl_feedback") == [{"request_id": "req-top", "mark": "down", "note": "only live ones"}]
    assert "A reviewer will see it" in texts(page)


def test_a_mark_that_is_not_taken_is_said(open_page: OpenPage, stage: Stage) -> None:
    """And the button stays as it was."""
    stage.feedback_status = 503

    page = press(ask(open_page(), script.TOP), "save-")

    assert "Save" in labels(page)
    assert "service is busy" in page.toast[0].value


def test_only_reviewers_make_answers_verified(open_page: OpenPage, stage: Stage) -> None:
    """The function holds it again."""
    others = labels(ask(open_page(), script.MONTHS))
    stage.desk = script.desk(reviewer=True)

    reviewers = labels(ask(open_page(), script.MONTHS))

    assert "Make verified" not in others
    assert "Make verified" in reviewers


def test_a_reviewer_names_the_verified_question(open_page: OpenPage, stage: Stage) -> None:
    """As everybody will find it."""
    stage.desk = script.desk(reviewer=True)
    page = ask(open_page(), script.MONTHS)
    page.text_area[0].set_value("GMV of every month of 2026")

    next(button for button in page.button if button.label == "Make verified").click().run()

    assert stage.sent("nl_feedback") == [
        {"request_id": "req-1", "mark": "verified", "question": "GMV of every month of 2026"}
    ]


def test_only_reviewers_take_back_and_only_what_a_reviewer_made(open_page: OpenPage, stage: Stage) -> None:
    """Neither the product's own questions nor a model's answer."""
    taking = "Take it back from everybody"
    others = labels(ask(open_page(), script.REVIEWED))
    stage.desk = script.desk(reviewer=True)

    assert taking not in others
    assert taking in labels(ask(open_page(), script.REVIEWED))
    assert taking not in labels(ask(open_page(), script.TOP))
    assert taking not in labels(ask(open_page(), script.MONTHS))


def test_a_reviewer_takes_a_question_back_and_says_why(open_page: OpenPage, stage: Stage) -> None:
    """By the id of the answer that it was made of; then the button is gone."""
    stage.desk = script.desk(reviewer=True)
    page = ask(open_page(), script.REVIEWED)
    next(field for field in page.text_input if field.label == "Why?").set_value(" It counts candles. ")

    page = next(button for button in page.button if button.label == "Take it back from everybody").click().run()

    assert stage.sent("nl_feedback") == [
        {"request_id": script.REVIEWED_ID, "mark": "retracted", "note": "It counts candles."}
    ]
    assert "Taken back" in "".join(part.value for part in page.markdown)
    assert "Take it back from everybody" not in labels(page)


def test_what_is_not_taken_back_is_said(open_page: OpenPage, stage: Stage) -> None:
    """And can be tried again."""
    stage.desk = script.desk(reviewer=True)
    stage.feedback_status = 503
    page = ask(open_page(), script.REVIEWED)

    page = next(button for button in page.button if button.label == "Take it back from everybody").click().run()

    assert "service is busy" in page.toast[0].value
    assert "Take it back from everybody" in labels(page)


def test_a_reviewer_takes_back_at_once_what_he_just_made(open_page: OpenPage, stage: Stage) -> None:
    """And can make it again."""
    stage.desk = script.desk(reviewer=True)
    page = ask(open_page(), script.MONTHS)
    for label in ("Make verified", "Take it back from everybody"):
        page = next(button for button in page.button if button.label == label).click().run()

    assert [(sent["request_id"], sent["mark"]) for sent in stage.sent("nl_feedback")] == [
        ("req-1", "verified"),
        ("req-1", "retracted"),
    ]
    assert "Make verified" in labels(page)


def test_hostile_text_stands_nowhere_as_markdown(open_page: OpenPage) -> None:
    """Explanation and assumptions are plain text; the suggestion's label is disarmed."""
    page = ask(open_page(), script.WILD)

    markdown = "\n".join(part.value for part in [*page.markdown, *page.caption])
    assert "evil" not in markdown
    assert "**Explained** by [somebody]" in "\n".join(part.value for part in page.text)
    assert all("](http" not in label and "**" not in label for label in labels(page))
