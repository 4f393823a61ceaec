// Emoji by Slack's short names: the ones that apps and people around data pipelines use.

const NAMES = `
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎
warning ⚠️|rotating_light 🚨|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|exclamation ❗|question ❓
bangbang ‼️|information_source ℹ️|bulb 💡|fire 🔥|boom 💥|zap ⚡|sparkles ✨|star ⭐|star2 🌟|dizzy 💫
rocket 🚀|airplane ✈️|ship 🚢|truck 🚚|construction 🚧|hammer 🔨|wrench 🔧|hammer_and_wrench 🛠️
gear ⚙️|link 🔗|lock 🔒|unlock 🔓|closed_lock_with_key 🔐|key 🔑|shield 🛡️|mag 🔍|mag_right 🔎
hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|alarm_clock ⏰|clock1 🕐|clock3 🕒|clock9 🕘
calendar 📅|date 📅|spiral_calendar_pad 🗓️|memo 📝|pencil 📝|pencil2 ✏️|page_facing_up 📄|scroll 📜
clipboard 📋|pushpin 📌|paperclip 📎|bookmark 🔖|label 🏷️|file_folder 📁|open_file_folder 📂
card_index_dividers 🗂️|books 📚|book 📖|bar_chart 📊|chart_with_upwards_trend 📈
chart_with_downwards_trend 📉|package 📦|inbox_tray 📥|outbox_tray 📤|envelope ✉️|email 📧|bell 🔔
no_bell 🔕|mega 📣|loudspeaker 📢|speech_balloon 💬|thought_balloon 💭|eyes 👀|eye 👁️|wave 👋
thumbsup 👍|+1 👍|thumbsdown 👎|-1 👎|ok_hand 👌|clap 👏|pray 🙏|muscle 💪|raised_hands 🙌
point_right 👉|point_left 👈|point_up 👆|point_down 👇|raising_hand 🙋|handshake 🤝|writing_hand ✍️
smile 😄|smiley 😃|grin 😁|slightly_smiling_face 🙂|wink 😉|blush 😊|joy 😂|laughing 😆|thinking_face 🤔
neutral_face 😐|confused 😕|cry 😢|sob 😭|scream 😱|tired_face 😫|sweat_smile 😅|heart_eyes 😍
sunglasses 😎|nerd_face 🤓|robot_face 🤖|ghost 👻|skull 💀|tada 🎉|confetti_ball 🎊|balloon 🎈|gift 🎁
trophy 🏆|medal 🏅|100 💯|heart ❤️|broken_heart 💔|blue_heart 💙|green_heart 💚|yellow_heart 💛
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵
large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|large_red_square 🟥|large_green_square 🟩
large_yellow_square 🟨|large_blue_square 🟦|white_large_square ⬜|black_large_square ⬛
small_blue_diamond 🔹|small_orange_diamond 🔸|large_blue_diamond 🔷|arrow_right ➡️|arrow_left ⬅️
arrow_up ⬆️|arrow_down ⬇️|arrow_forward ▶️|arrow_backward ◀️|arrow_heading_up ⤴️
arrow_heading_down ⤵️|leftwards_arrow_with_hook ↩️|repeat 🔁|arrows_counterclockwise 🔄
arrows_clockwise 🔃|fast_forward ⏩|black_square_for_stop ⏹️|double_vertical_bar ⏸️
heavy_plus_sign ➕|heavy_minus_sign ➖|sunny ☀️|cloud ☁️|rainbow 🌈|snowflake ❄️|wind_face 🌬️
wind_blowing_face 🌬️|tornado 🌪️|ocean 🌊|seedling 🌱|evergreen_tree 🌲|coffee ☕|beer 🍺|pizza 🍕
bug 🐛|turtle 🐢|rabbit 🐰|whale 🐳|elephant 🐘|snake 🐍|penguin 🐧|bee 🐝|computer 💻
desktop_computer 🖥️|floppy_disk 💾|card_file_box 🗃️|file_cabinet 🗄️|wastebasket 🗑️|test_tube 🧪
microscope 🔬|dna 🧬|abacus 🧮|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|new 🆕|free 🆓|up 🆙|ok 🆗|sos 🆘
male-technologist 👨‍💻|female-technologist 👩‍💻|technologist 🧑‍💻|bust_in_silhouette 👤
busts_in_silhouette 👥|money_with_wings 💸|moneybag 💰|credit_card 💳|globe_with_meridians 🌐
earth_asia 🌏|house 🏠|office 🏢|factory 🏭|traffic_light 🚦|checkered_flag 🏁|triangular_flag_on_post 🚩
`;

const EMOJI = new Map(
  NAMES.trim()
    .split(/[|\n]/)
    .map((pair) => pair.trim().split(" "))
    .map(([name, sign]) => [name, sign]),
);

/** The character for a short name without colons, or undefined. */
export const emojiOf = (name) => EMOJI.get(name.replace(/::skin-tone-\d$/, ""));
