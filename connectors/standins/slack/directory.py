"""Web API: users.*, usergroups.*, auth.test, team.info, bots.info: who there is.

Each function takes the acts and the call's arguments, and gives the answer's keys.
"""

from connectors.standins.slack.acts import Acts
from connectors.standins.slack.calls import flag, page
from connectors.standins.slack.shapes import bot_profile, group_json, user_json
from connectors.standins.slack.state import Json, SlackError


def auth_test(acts: Acts, args: Json) -> Json:
    """auth.test"""
    workspace = acts.workspace
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": "Stand-in",
        "user": workspace.bot.name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot.bot_id,
        "app_id": workspace.app_id,
        "is_enterprise_install": False,
    }


def api_test(acts: Acts, args: Json) -> Json:
    """api.test: gives the arguments back; `error` makes it fail with that error."""
    if args.get("error"):
        raise SlackError(str(args["error"]), args=args)
    return {"args": args} if args else {}


def team_info(acts: Acts, args: Json) -> Json:
    """team.info"""
    return {"team": {"id": acts.workspace.team_id, "name": "Stand-in", "domain": acts.workspace.domain}}


def bots_info(acts: Acts, args: Json) -> Json:
    """bots.info"""
    if args.get("bot") != acts.workspace.bot.bot_id:
        raise SlackError("bot_not_found")
    return {"bot": bot_profile(acts.workspace) | {"user_id": acts.workspace.bot.id}}


def users_info(acts: Acts, args: Json) -> Json:
    """users.info; the locale only with `include_locale`."""
    user = acts.workspace.user(args.get("user"))
    locale = {"locale": user.locale} if flag(args, "include_locale") else {}
    return {"user": user_json(acts.workspace, user) | locale}


def users_list(acts: Acts, args: Json) -> Json:
    """users.list"""
    everyone = [user_json(acts.workspace, user) for user in acts.workspace.users.values()]
    items, cursor = page(everyone, args)
    return {"members": items, "cache_ts": int(acts.workspace.clock()), "response_metadata": cursor}


def look_up_by_email(acts: Acts, args: Json) -> Json:
    """users.lookupByEmail"""
    wanted = str(args.get("email") or "").casefold()
    for user in acts.workspace.users.values():
        if user.email and user.email.casefold() == wanted and not user.deleted:
            return {"user": user_json(acts.workspace, user)}
    raise SlackError("users_not_found")


def groups_list(acts: Acts, args: Json) -> Json:
    """usergroups.list; the members only with `include_users`."""
    groups = [group_json(acts.workspace, group) for group in acts.workspace.groups.values()]
    if not flag(args, "include_users"):
        groups = [{key: value for key, value in group.items() if key != "users"} for group in groups]
    return {"usergroups": groups}


def group_users(acts: Acts, args: Json) -> Json:
    """usergroups.users.list"""
    group = acts.workspace.groups.get(str(args.get("usergroup")))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


METHODS = {
    "auth.test": auth_test,
    "api.test": api_test,
    "team.info": team_info,
    "bots.info": bots_info,
    "users.info": users_info,
    "users.list": users_list,
    "users.lookupByEmail": look_up_by_email,
    "usergroups.list": groups_list,
    "usergroups.users.list": group_users,
}
