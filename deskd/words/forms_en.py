"""What agents read on buttons, forms, lists and pages, in English."""

from __future__ import annotations

from typing import Final

FORMS: Final[dict[str, str]] = {
    # buttons and menu of a card
    "assign": "Assign…",
    "escalate": "Escalate…",
    "reply_with": "Reply with…",
    "menu_more": "More…",
    "menu_note": "Note…",
    "menu_pending_until": "Pending until…",
    "menu_hold_because": "Hold because…",
    "menu_priority": "Priority…",
    "menu_tags": "Tags…",
    "menu_merge": "Merge…",
    "menu_split": "Split…",
    "menu_show_all": "Show all",
    "show_all": "Show all",
    # forms: what all of them say
    "form_cancel": "Cancel",
    "form_close": "Close",
    "form_save": "Save",
    "form_until": "Until when?",
    "form_until_hint": (
        "Such as 2d, monday, tomorrow 14:30 or 2026-10-20. The ticket then comes back by itself."
    ),
    "form_whom": "To whom?",
    "form_teams": "Teams",
    "form_agents": "People",
    "form_levels": "Levels",
    "form_reason": "Why?",
    "form_empty": "Please fill this in.",
    "form_not_offered": "That can't be chosen any more. Please choose again.",
    "form_too_long": "That is too long: {limit} characters at most.",
    # assign, escalate
    "assign_title": "Assign",
    "escalate_title": "Escalate",
    "escalate_next": "The next level",
    "escalate_level": "Level {level}",
    "escalate_hint": "Whoever takes it over reads this first.",
    # reply
    "reply_title": "Reply to the customer",
    "reply_send": "Send",
    "reply_canned": "Canned reply",
    "reply_choose": "Choose one, or write below",
    "reply_fitting": "For this ticket",
    "reply_others": "All others",
    "reply_text": "What the customer gets",
    "reply_held": "It goes after {seconds} seconds; ❌ on it in the thread stops it.",
    "reply_at_once": "It goes at once.",
    "reply_by_phone": (
        "This ticket came by phone: nothing can be sent there. What you write stays inside, as a note."
    ),
    "reply_then": "And then",
    "reply_then_stays": "The status stays as it is",
    "reply_then_resolved": "Resolved, once it has gone",
    "reply_then_pending": "Pending, once it has gone",
    "reply_mentions": (
        "This mentions a colleague, or begins like a note or a command. Take that out, or make it a note."
    ),
    # priority, tags, note, hold, pending, merge, split
    "priority_title": "Priority",
    "priority_urgency": "Urgency",
    "priority_impact": "Impact",
    "priority_hint": "A priority that somebody chose stays. Where nobody did, urgency and impact decide it.",
    "tags_title": "Tags",
    "tags_hint": "Separated by blanks or commas. One that you take out here comes off the ticket.",
    "note_title": "Note",
    "note_text": "What should it say?",
    "note_hint": "It stays inside: the customer never sees it.",
    "hold_title": "Hold",
    "hold_reason": "What is it waiting for?",
    "pending_title": "Wait for the customer",
    "merge_title": "Merge",
    "merge_ref": "Into which ticket?",
    "merge_hint": "This ticket becomes part of that one, with all its messages. It can be undone.",
    "split_title": "Split",
    "split_from_which": "From which message on?",
    "split_hint": "That message, and what came after it, becomes a ticket of its own. It can be undone.",
    # a new ticket
    "new_title": "New ticket",
    "new_open": "Open it",
    "new_name": "Customer's name",
    "new_address": "Phone number or e-mail address",
    "new_address_hint": (
        "With a phone number it is a call: nothing can be sent there. To an e-mail address go your replies."
    ),
    "new_subject": "Subject",
    "new_text": "What is it about?",
    "new_team": "Team",
    "new_by_rules": "As the rules say",
    "new_assignee": "Who takes it?",
    "new_mine": "I do",
    "new_whoever": "Whoever the team's way chooses",
    "new_opened": "{ref} is open: {subject}",
    "wrong_address": "“{found}” is neither a phone number nor an e-mail address.",
    "not_a_customer": "“{found}” is the desk's own address or an agent's, not a customer's.",
    "no_mail_channel": "This desk sends no mail: give a phone number.",
    "no_way_back": (
        "This ticket came by phone: nothing can be sent to {address}. What you wrote stayed inside."
    ),
    # pages
    "page_message": "The whole message",
    "page_ticket": "All that was written",
    "page_more": "Go on reading ({part} of {parts})",
    "page_empty": "There is nothing to read.",
    # shortcuts
    "not_a_tickets_message": "That message is in no ticket's thread.",
    "only_own_notes": "Only a note that you wrote yourself can go to the customer.",
    "note_already": "This is a note already.",
    "note_too_late": "That came too late: the customer already has this message.",
    "note_of_desk": "Only what people of your own wrote can become a note.",
    "no_text": "There is no text in that message.",
    # /desk and the home tab
    "not_of_roster": "You aren't in this desk's roster. An admin adds agents to deskd.yaml.",
    "slash_my": "Your open tickets: {count}",
    "slash_queue": "Open tickets of {teams}: {count}",
    "slash_found": "Tickets found for “{words}”: {count}",
    "slash_found_many": "Tickets found for “{words}”, the newest {count}",
    "slash_no_team": "You are in no team.",
    "slash_unknown": "There is no “{found}” here.",
    "slash_help": (
        "• {command} my – your tickets, what is due first on top\n"
        "• {command} queue – the open tickets of your teams\n"
        "• {command} search WORDS – by reference, customer, subject or text\n"
        "• {command} new – open a ticket, for instance after a phone call\n"
        "• {command} help – this list\n"
        "In a ticket's thread, type !help."
    ),
    "more_tickets": "… and {count} more",
    "home_hello": "Good to see you, {name}.",
    "home_stranger": "This is where the desk's agents see their tickets.",
    "home_mine": "My tickets ({count})",
    "home_none_mine": "You have no open tickets.",
    "home_queue": "{team} ({count} open)",
    "home_none_queue": "Nothing is open here.",
    "home_refresh": "Refresh",
    "home_new": "New ticket…",
}
