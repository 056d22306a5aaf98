"""What agents read of levels, duty, handoffs and promises, in English."""

from __future__ import annotations

from typing import Final

LEVELS: Final[dict[str, str]] = {
    "away_now": "You count as away until you type !back. What is urgent of yours goes to someone else.",
    "away_until": (
        "You count as away until {until}; !back ends it earlier. What is urgent of yours goes to "
        "someone else."
    ),
    "back_now": "Welcome back: tickets are given to you again.",
    "was_not_away": "You weren't away.",
    "queue_given": "📥 {name} has this ticket now.",
    "queue_lost": (
        "📥 {name} isn't there, and nobody is free for this ticket: it waits. Whoever can, takes "
        "it with !claim."
    ),
    "waits_off_duty": "waits: nobody is on duty",
    "waits_full": "waits: everyone has enough",
    "waits_unskilled": "waits: nobody has the skills",
    "waits_released": "waits: it was released",
    "help_away": "say that you aren't there: until when, or until !back",
    "help_back": "say that you are back",
    "help_queue": "what waits for somebody, in your teams or in one of them",
    "screen_queue": "📥 Waiting for somebody: {count}",
    "accept": "Accept",
    "accepted_note": "🤝 {name} has taken this ticket over for {team}.",
    "accept_not_yours": (
        "This ticket was handed to {team}: someone of that team accepts it. To take it yourself, type !claim."
    ),
    "accept_already": "There is no handoff to accept here any more.",
    "accept_late": "⏳ Nobody of {team} has accepted this ticket since {since}. If that stays so, it goes up.",
    "accept_up": "{team} didn't accept it in time",
    "help_accept": "accept a ticket that was handed to your team",
    "step_accepted": "accepted",
    "screen_clock": "Time it took, by level",
    "screen_weight": "Urgency and impact",
    "screen_tasks": "Callbacks and visits",
    "weight_set": "set outright",
    "callback_set": "☎️ To be called back: {at} {place}",
    "visit_set": "🚐 Visit: {at} {place}",
    "callback_due": "☎️ Now is the time to call {who} back {place}",
    "visit_due": "🚐 Now is the time of the visit to {who} {place}",
    "task_done": "Done",
    "task_cancel": "Call it off",
    "task_invite": "Invite the customer",
    "task_over": "That has been done, or called off, already.",
    "task_done_note": "✔️ Done: {what}",
    "task_cancelled": "✖️ Called off: {what}",
    "task_invited": "📅 The invitation goes to the customer.",
    "task_no_way": "Nothing can be sent to this customer in writing: tell them the time yourself.",
    "tasks_none": "No callbacks and no visits are due.",
    "needs_when": "When? A time has to come first.",
    "help_callback": "promise a call: you are reminded here when it is due",
    "help_visit": "promise a visit; with “invite” at the end the customer gets an invitation",
    "help_tasks": "callbacks and visits to come, the most urgent first",
    "outside_mailed": "📧 The handoff goes to {name} by mail. The answer comes here.",
    "outside_not_sent": "⚠️ The handoff did not get through: {error}. Someone has to reach them in another way.",
    "outside_kept": "people outside Slack answer the desk, not the customer",
    "outside_asks": (
        "{desk} hands this request over to you. Please reply to this mail, and leave the address as it is: your answer then joins the request. What follows is what is known so far."
    ),
    "outside_file": "{name} ({size}) is not attached",
}
