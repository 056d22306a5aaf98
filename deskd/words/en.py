"""What agents read, in English."""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # a ticket's own lines
    "no_subject": "(no subject)",
    "unreadable_subject": "A message from {sender} that couldn't be read",
    "unreadable": (
        "This message couldn't be read: {reason}. The original is kept, unchanged: see it with "
        "deskd inbox show {inbox}, try again with deskd inbox retry {inbox}."
    ),
    "look_here": "Please have a look at this ticket.",
    "came_back": "Time's up: this ticket was “{status}” and is open again.",
    # buttons on its card
    "claim": "Claim",
    "resolve": "Resolve",
    # replies and notes
    "send_to_customer": "Send to customer",
    "kept_inside": "🔒 This stayed inside; the customer doesn't see it. Did you mean it for them?",
    "unsigned": (
        "💔 Somebody wrote here anonymously, as the group. Nobody can tell who it was, so the customer doesn't get it. Take anonymity off that administrator in the group's settings, then write it again."
    ),
    "edit_too_late": (
        "The customer doesn't get this change: your message had already gone out. To correct it, write another."
    ),
    "edit_command": (
        "Your reply was stopped and stays inside. A command counts only in a message of its own: type it as a new one."
    ),
    "edit_adds": (
        "Your reply was stopped and stays inside: a file put into a message later, or words under another file of an album, can't go with it. Send it anew."
    ),
    "stop_too_late": "That came too late: the customer already has this message.",
    "not_yours": "Only the person who wrote this note can send it.",
    "already_sent": "This has been sent already.",
    "recipient_refused": "Not delivered to {address}: their mail server said “{answer}”.",
    "not_sent": "⚠️ The customer did not get this message: {error}",
    "files_not_shown": "The files could not be shown here: {error}",
    "file_not_shown": "too large to be shown here",
    "files_too_large": (
        "“{name}” ({size}) is too large: {total} of files in all, and at most {limit} go with one message. "
        "Write it again without it, or send a link"
    ),
    # customers in chats
    "file_not_fetched": "too large for a bot to fetch: at most {limit}",
    "contacts_joined": "🔗 The person in this chat has shown that {address} is theirs too: they are one contact now.",
    "part_contacts": "Undo",
    "contacts_parted": "They are two contacts again.",
    "customer_rated": "⭐ The customer gave {stars} out of 5.",
    "customer_commented": "💬 On their rating: {text}",
    "customer_blocked": "🚫 The customer has blocked the bot: nothing reaches them in this chat until they let it in again.",
    "customer_unblocked": "The customer has let the bot in again.",
    "customer_file_lost": "⚠️ A file of the customer’s could not be fetched: {error}",
    "customer_floods": "🌊 This chat is bringing more than {messages} messages in {per}: what comes from now on joins the ticket, but isn’t shown here until it is calmer.",
    "perhaps_sent": (
        "❔ Nobody can tell whether the customer got this message: {error}. Look at the conversation, then choose."
    ),
    "send_again": "Send again",
    "it_arrived": "It arrived",
    "perhaps_twice": "↻ This may stand here already:",
    "settled_already": "Whether this message arrived has been settled already.",
    # who joins a ticket, and who takes part
    "join": "Join",
    "unjoin": "Unjoin",
    "linked_here": (
        "🔗 This mail names {ref} but did not join it: {because}. If it belongs there, press Join; its "
        "sender then takes part in {ref}."
    ),
    "join_itself": "{ref} can't join itself.",
    "join_unreadable": "{ref} stands for a message that couldn't be read; there is nothing in it to join.",
    "joined_already": "{ref} is part of another ticket already.",
    "not_joined": "{ref} is not part of another ticket.",
    "joined_into": "This ticket is part of {ref} now: it goes on there.",
    "took_in": "{ref} is part of this ticket now, with all its messages; its sender takes part.",
    "gave_back": "{ref} is a ticket of its own again, and took its messages with it.",
    "stands_alone": "This is a ticket of its own again, apart from {ref}.",
    "cc_proposed": (
        "In the mail's CC: {names}. Whoever you add may write into this ticket and gets its answers."
    ),
    "cc_trusted": "In the mail's CC, and taking part from now on: {names}.",
    "add_person": "Add {name}",
    "participant_added": (
        "{address} takes part in this ticket now: what they write joins it, and they get its answers."
    ),
    "bounced": "⚠️ The customer did not get the message: {reason}",
    "delayed": "The mail is still on its way to the customer: {reason}. The mail servers go on trying.",
    "came_back_before": (
        "The last mail to {address} came back ({reason}). This one is tried all the same; perhaps the customer can be reached in another way."
    ),
    "answers_spent": (
        "{ref}: {address} has been sent {count} automatic answers in a day, and gets no more until it is over. Most likely a program answers there."
    ),
    "agent_kept_inside": (
        "🔒 This came by mail and stayed inside: {because}. Answer here to reach the customer."
    ),
    "mailed_file_too_large": "its file {name} is larger than what a mail carries",
    "has_files": "it has files, which the desk doesn't pass on from an agent's mail",
    "no_reply_meant": "it reads as a note or a command, or says nothing",
    # handling a ticket
    "claimed_by_other": "{agent} is already on this ticket. To take it over, type !assign @{me}.",
    "nobodys": "Nobody has this ticket, so there's nothing to release. Take it with !claim.",
    "already": "This ticket is already “{status}”.",
    "no_move": "A ticket that is “{old}” can't become “{new}”. Bring it back first with !reopen.",
    # levels: going up, going back, handing over
    "escalated_note": "⬆️ This ticket goes up to {team} (level {level}). Why: {reason}",
    "deescalated_note": "⬇️ This ticket goes back to {team} (level {level}). Why: {reason}",
    "given_here": "📥 {ref} “{subject}” comes here from {team}. What happened so far: !summary",
    "escalated_here": "⬆️ {ref} “{subject}” came up from {team}: {reason}",
    "deescalated_here": "⬇️ {ref} “{subject}” came back from {team}: {reason}",
    "nothing_above": "⬆️ {who} wants this ticket to go up, but nobody is above level {level}; it stays here. Why: {reason}",
    "handoff": "📋 Handoff of {ref}: {subject}",
    "handoff_why": "Why it goes up",
    "handoff_problem": "The problem, as the customer put it",
    "handoff_tried": "What was asked and tried (→ to the customer, 🔒 inside)",
    "handoff_files": "Attachments",
    "handoff_had": "Who had it",
    "handoff_tags": "Tags",
    "handoff_due": "What is due when",
    "handoff_timeline": "Timeline",
    "handoff_none": "– none –",
    "step_opened": "opened",
    "step_wrote": "a message came",
    "step_replied": "replied",
    "step_not_sent": "a reply did not go out",
    "step_status": "status changed",
    "step_claimed": "claimed",
    "step_assigned": "assigned",
    "step_released": "released",
    "step_escalated": "went up",
    "step_deescalated": "went back down",
    "due_first_response": "first response",
    "due_next_response": "next response",
    "due_resolution": "resolution",
    "sla_warning": "⏰ {clock}: due at {at}, and time is running out.",
    "sla_missed": "🔥 {clock}: was due at {at}, and it hasn't happened.",
    "sla_escalates": "{clock} was due at {at}",
    "escalate_same": "This ticket is with {team} already.",
    "escalate_below": "{team} is of level {level}: a ticket doesn't go up there. Use !deescalate to send it back, or !assign.",
    "escalate_just_now": "{who} has just passed this ticket to {team}: once is enough.",
    "escalate_over": "This ticket is “{status}”. Bring it back with !reopen before it goes to another level.",
    "no_team_of_level": "No team of this desk is of level {level}.",
    "in_no_team": "{agent} is in no team.",
    "nothing_below": "There is no level below this one.",
    # commands that can't be read
    "unknown_command": "This desk doesn't know the command !{command}. !help lists those it knows.",
    "unknown_command_near": "This desk doesn't know the command !{command}. Did you mean !{near}? !help lists them all.",
    "right_form": "The right form: {form}\nFor example: {example}",
    "right_form_alone": "The right form: {form}",
    "takes_nothing": "!{command} stands alone, but “{found}” follows it. Nothing was done.",
    "needs_whom": "Who should get this ticket?",
    "too_many_whom": "A ticket goes to one agent or one team, not to “{found}”.",
    "nobody_called": "No agent or team of this desk is called “{name}”.",
    "nobody_called_near": "No agent or team of this desk is called “{name}”. Did you mean @{near}?",
    "several_called": "More than one goes by “{name}”. Choose one of: {keys}.",
    "needs_reason": "What is this ticket waiting for?",
    "needs_why_up": "Why does it go up? The next level reads your reason first.",
    "needs_why_down": "Why does it go back? The team that gets it reads your reason first.",
    "reason_too_long": "That reason is too long: {limit} characters at most. Put the rest in a note.",
    "needs_value": "Which one? Choose one of: {values}.",
    "wrong_value": "“{found}” isn't one of: {values}.",
    "needs_tags": "Which tags?",
    "wrong_tag": "“{found}” can't be a tag: letters, digits and - _ . :, {limit} characters at most.",
    "too_many_tags": "That's a lot of tags: {limit} at most at a time.",
    "tag_both_ways": "“{found}” can't be added and removed at once.",
    "wrong_time": "“{found}” isn't a time this desk understands.",
    "time_past": "“{found}” is already past.",
    "time_too_far": "“{found}” is too far away: {limit} days at most.",
    "resolve_inside": (
        "Nothing was sent: a reply that mentions a colleague, or begins like a note or a command, stays inside. "
        "Write the last reply without it, or send the note first and then !resolve."
    ),
    # help
    "help_head": "What you can type in a ticket's thread",
    "help_foot": (
        "What you write here goes to the customer. What begins with note: or //, and what mentions a colleague, "
        "a team or @here, stays inside. 👀 claims, ✅ on the card resolves."
    ),
    "help_foot_internal": (
        "What you write here stays inside; what begins with reply: goes to the customer. "
        "👀 claims, ✅ on the card resolves."
    ),
    "help_claim": "take this ticket",
    "help_assign": "give it to an agent or a team",
    "help_release": "give it back: nobody has it any more",
    "help_escalate": "pass it to the next level, a team, an agent or a level, and say why",
    "help_deescalate": "send it back a level, and say why",
    "help_resolve": "resolve it; with a last reply, once that has gone out",
    "help_pending": "wait for the customer; with a time, it comes back by itself",
    "help_hold": "wait for something else, and say what; with a time first, it comes back by itself",
    "help_reopen": "open it again",
    "help_close": "close it for good",
    "help_spam": "mark it as spam",
    "help_priority": "set the priority: low, normal, high, urgent",
    "help_urgency": "set the urgency: low, medium, high",
    "help_impact": "set the impact: low, medium, high",
    "help_tag": "add tags; with a minus in front, remove them",
    "help_help": "this list, or more about one command",
    # the card's menu
    "menu_pending": "Pending",
    "menu_hold": "Hold",
    "menu_not_a_request": "Not a request",
    "menu_spam": "Spam",
    "menu_reopen": "Reopen",
    "menu_history": "History",
    # canned replies and knowledge
    "no_canned": "This desk has no canned replies. An admin writes them as files; docs/canned.md tells how.",
    "canned_head": "Canned replies, those that fit this ticket first. Preview one with !canned and its name:",
    "canned_preview": "📝 {name}, as the customer would get it:",
    "kb_nothing": "No article was found for “{words}”.",
    "send_article": "Send “{title}”",
    "no_such_text": "There is no text called “{name}”. There are: {names}.",
    "one_name": "“{found}” isn't the name of one canned reply.",
    "needs_words": "What are you looking for?",
    "help_canned": "the canned replies that fit; with a name, a preview with the button that sends it",
    "help_kb": "search the knowledge articles",
    # other tickets, and screens about this one
    "customer_edited": "✏️ (edited) {text}",
    "customer_deleted": "🗑️ The customer deleted a message of theirs; it is kept here: “{text}”",
    "wrote_again_telegram": (
        "⏳ The customer has written again while your answer waits. It goes at {at} as it stands: edit it to change it; react with 👎 to stop it."
    ),
    "wrote_again": (
        "⏳ The customer has written again while your answer waits. It goes at {at} as it stands: edit it to change it; delete it, or react with ❌, to stop it."
    ),
    "direct_deleted": "🗑️ Deleted in the customer's thread; they may have read it: “{text}”",
    "direct_note_refused": (
        "This is a thread that the customer reads: nothing written here stays inside, and what you just wrote is no note. Delete it if it wasn't for them; notes belong in the ticket's thread in the team's channel."
    ),
    "undo_split": "Undo the split",
    "split_from": "✂️ Split from {ref}: this is a ticket of its own now.",
    "split_into": "✂️ The customer's last message, and what came after it, is {ref} now.",
    "linked_with": "🔗 Linked with {ref} “{subject}”.",
    "linked_already": "This ticket is linked with {ref} already.",
    "not_linked": "This ticket isn't linked with {ref}.",
    "unlinked_from": "🔗 No longer linked with {ref} “{subject}”.",
    "nothing_to_split": "There is nothing to split: the customer has written only once here.",
    "no_such_ref": "There is no ticket {ref}.",
    "this_ticket_itself": "{ref} is this ticket itself.",
    "merged_now": "Merged: it goes on in {ref}. To undo it, press Unjoin or type !unmerge here.",
    "unmerged_now": "{ref} is a ticket of its own again.",
    "needs_ref": "Which ticket?",
    "wrong_ref": "“{found}” isn't the reference of one ticket.",
    "needs_note": "What should the note say?",
    "screen_language": "Language",
    "screen_tags": "Tags",
    "screen_undelivered": "⚠️ Mail there comes back",
    "screen_tickets": "Tickets so far",
    "screen_participants": "Also taking part",
    "screen_other_open": "Other open tickets",
    "screen_first": "What the customer wrote first",
    "screen_last": "What they wrote last",
    "screen_answer": "Our last reply",
    "screen_note": "Last note",
    "screen_links": "Linked tickets",
    "screen_contact": "Customer",
    "screen_state": "Status and priority",
    "screen_with": "With",
    "screen_opened": "Opened",
    "screen_updated": "Last change",
    "screen_due": "Next deadline",
    "screen_messages": "Messages",
    "step_tags": "tags changed",
    "step_classified": "priority changed",
    "step_merged": "merged",
    "step_took_in": "took in",
    "step_split": "split",
    "step_linked": "linked",
    "step_unlinked": "no longer linked",
    "help_merge": "make this ticket part of another one",
    "help_unmerge": "make it a ticket of its own again",
    "help_split": "make the customer's last message, and what came after it, a ticket of its own",
    "help_link": "link it with another ticket",
    "help_unlink": "undo a link",
    "help_note": "write a note; it stays inside",
    "help_contact": "who the customer is: addresses, language, tags, other open tickets",
    "help_history": "what happened, on one screen",
    "help_summary": "the ticket on one screen",
    "help_why": "say which rules fired on this ticket and why; with a rule's name, why it did or didn't",
    "why_fired": "What the rules did here:",
    "why_none": "No rule has fired on this ticket.",
    "why_unknown": "No rule of this name was asked here: {rule}.",
    "why_did": "message {number}: it fired, {because}",
    "why_did_not": "message {number}: it didn't fire, {because}",
}
