"""A stand-in for Slack: the Web API, Socket Mode, signed events over HTTP, files, and the people of a workspace.

slack = SlackStandIn()
slack.add_user("U0ANNA", "anna", "Anna Rossi")
slack.add_channel("C0FRONT", "front-desk", ["U0ANNA"])
async with slack.running():
    ...  # give deskd slack.api, slack.bot_token, slack.app_token
    slack.post("U0ANNA", "C0FRONT", "Buongiorno!", thread_ts=card)
    await slack.wait_for(lambda: "white_check_mark" in slack.reactions("C0FRONT", reply))
"""

from connectors.standins.slack.server import SlackStandIn
from connectors.standins.slack.state import SlackError

__all__ = ["SlackError", "SlackStandIn"]
