"""Slack's names of common emoji, and the characters they stand for. A name that isn't here stays as it was written.

Names as Slack sends them: https://docs.slack.dev/reference/methods/emoji.list (the standard set follows github.com/iamcal/emoji-data).
"""

from __future__ import annotations

_TABLE = """
😀 grinning
😃 smiley
😄 smile
😁 grin
😆 laughing satisfied
😅 sweat_smile
🤣 rolling_on_the_floor_laughing rofl
😂 joy
🙂 slightly_smiling_face
🙃 upside_down_face
😉 wink
😊 blush
😇 innocent
🥰 smiling_face_with_3_hearts
😍 heart_eyes
🤩 star-struck
😘 kissing_heart
☺️ relaxed
😋 yum
😛 stuck_out_tongue
😜 stuck_out_tongue_winking_eye
🤪 zany_face
🤗 hugging_face
🤭 face_with_hand_over_mouth
🤫 shushing_face
🤔 thinking_face thinking
🤐 zipper_mouth_face
😐 neutral_face
😑 expressionless
😶 no_mouth
😏 smirk
😒 unamused
🙄 face_with_rolling_eyes
😬 grimacing
😌 relieved
😔 pensive
😴 sleeping
😷 mask
🤒 face_with_thermometer
🤯 exploding_head
🥳 partying_face
😎 sunglasses
🤓 nerd_face
😕 confused
😟 worried
🙁 slightly_frowning_face
☹️ white_frowning_face
😮 open_mouth
😯 hushed
😲 astonished
😳 flushed
🥺 pleading_face
😦 frowning
😧 anguished
😨 fearful
😰 cold_sweat
😥 disappointed_relieved
😢 cry
😭 sob
😱 scream
😖 confounded
😣 persevere
😞 disappointed
😓 sweat
😩 weary
😫 tired_face
😤 triumph
😡 rage
😠 angry
🤦 face_palm
🤷 shrug
💀 skull
🤖 robot_face
👻 ghost
💩 hankey poop
🙈 see_no_evil
🙉 hear_no_evil
🙊 speak_no_evil
👋 wave
🖐️ raised_hand_with_fingers_splayed
✋ hand raised_hand
👌 ok_hand
✌️ v
🤞 crossed_fingers
👈 point_left
👉 point_right
👆 point_up_2
👇 point_down
☝️ point_up
👍 +1 thumbsup
👎 -1 thumbsdown
✊ fist
👊 facepunch punch
👏 clap
🙌 raised_hands
👐 open_hands
🤝 handshake
🙏 pray
✍️ writing_hand
💪 muscle
👀 eyes
👁️ eye
🧠 brain
❤️ heart
🧡 orange_heart
💛 yellow_heart
💚 green_heart
💙 blue_heart
💜 purple_heart
🖤 black_heart
💔 broken_heart
💕 two_hearts
💖 sparkling_heart
💯 100
💥 boom collision
💫 dizzy
💦 sweat_drops
💬 speech_balloon
💭 thought_balloon
💤 zzz
🐛 bug
🐶 dog
🐱 cat
🌹 rose
🌻 sunflower
🍀 four_leaf_clover
🌍 earth_africa
🌎 earth_americas
🌞 sun_with_face
⭐ star
🌟 star2
✨ sparkles
⚡ zap
🔥 fire
☀️ sunny
☁️ cloud
🌈 rainbow
❄️ snowflake
☔ umbrella_with_rain_drops
☕ coffee
🍵 tea
🍺 beer
🍻 beers
🍷 wine_glass
🥂 clinking_glasses
🍕 pizza
🍰 cake
🎂 birthday
🎁 gift
🎉 tada
🎊 confetti_ball
🎈 balloon
🏆 trophy
🥇 first_place_medal
⚽ soccer
🎯 dart
🎵 musical_note
🚀 rocket
✈️ airplane
🚗 car red_car
🚚 truck
🚢 ship
🏠 house
🏢 office
🏥 hospital
⌚ watch
⏰ alarm_clock
⏱️ stopwatch
⏳ hourglass_flowing_sand
⌛ hourglass
📱 iphone
📞 telephone_receiver
☎️ phone telephone
📠 fax
🔋 battery
🔌 electric_plug
💻 computer
🖥️ desktop_computer
🖨️ printer
⌨️ keyboard
💾 floppy_disk
💿 cd
📷 camera
🎥 movie_camera
🔍 mag
🔎 mag_right
💡 bulb
📖 book open_book
📚 books
📄 page_facing_up
📃 page_with_curl
📰 newspaper
🔖 bookmark
💰 moneybag
💶 euro
💵 dollar
💳 credit_card
🧾 receipt
✉️ email envelope
📧 e-mail
📨 incoming_envelope
📤 outbox_tray
📥 inbox_tray
📦 package
📫 mailbox
📝 memo pencil
✏️ pencil2
📁 file_folder
📂 open_file_folder
📅 date
📆 calendar
📈 chart_with_upwards_trend
📉 chart_with_downwards_trend
📊 bar_chart
📋 clipboard
📌 pushpin
📍 round_pushpin
📎 paperclip
✂️ scissors
🗑️ wastebasket
🔒 lock
🔓 unlock
🔑 key
🔨 hammer
🔧 wrench
🔩 nut_and_bolt
⚙️ gear
🧰 toolbox
🔗 link
🧪 test_tube
🛒 shopping_trolley
⚠️ warning
🚨 rotating_light
⛔ no_entry
🚫 no_entry_sign
❌ x
⭕ o
❗ exclamation heavy_exclamation_mark
❓ question
❔ grey_question
‼️ bangbang
✅ white_check_mark
☑️ ballot_box_with_check
✔️ heavy_check_mark
✖️ heavy_multiplication_x
➕ heavy_plus_sign
➖ heavy_minus_sign
➡️ arrow_right
⬅️ arrow_left
⬆️ arrow_up
⬇️ arrow_down
🔄 arrows_counterclockwise
🔁 repeat
♻️ recycle
🔔 bell
🔕 no_bell
📣 mega
📢 loudspeaker
ℹ️ information_source
🆗 ok
🆕 new
🆓 free
🆘 sos
🔴 red_circle
🟠 large_orange_circle
🟡 large_yellow_circle
🟢 large_green_circle
🔵 large_blue_circle
⚪ white_circle
⚫ black_circle
🔺 small_red_triangle
🔸 small_orange_diamond
🔹 small_blue_diamond
1️⃣ one
2️⃣ two
3️⃣ three
4️⃣ four
5️⃣ five
🇮🇹 it flag-it
🇪🇸 es flag-es
🇵🇹 flag-pt
🇧🇷 flag-br
🇬🇧 gb uk flag-gb
🇺🇸 us flag-us
🇪🇺 flag-eu
🇫🇷 fr flag-fr
🇩🇪 de flag-de
"""

EMOJI = {name: row.split()[0] for row in _TABLE.split("\n") if row for name in row.split()[1:]}
"""`white_check_mark` -> ✅."""
