// Times as Slack shows them, in the browser's time zone.

const at = (ts) => new Date(Number(ts) * 1000);
const clock = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit" });
const precise = new Intl.DateTimeFormat("en-US", {
  hour: "numeric", minute: "2-digit", second: "2-digit",
});
const longDay = new Intl.DateTimeFormat("en-US", { weekday: "long", month: "long", day: "numeric" });
const shortDay = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric" });

export const timeOf = (ts) => clock.format(at(ts));
/** The time without AM/PM, for the narrow gutter. */
export const bareTimeOf = (ts) => clock.format(at(ts)).replace(/\s?[AP]M/, "");
export const dayKey = (ts) => at(ts).toDateString();
export const fullTimeOf = (ts) => `${dayName(ts)} at ${precise.format(at(ts))}`;
export const replyTimeOf = (ts) => `${dayName(ts).toLowerCase()} at ${timeOf(ts)}`;

/** “Today”, “Yesterday”, or the day's name. */
export function dayName(ts) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const days = Math.round((midnight(new Date()) - midnight(at(ts))) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return longDay.format(at(ts));
}

/** Slack's `<!date^…>` and rich text dates: `format` holds tokens such as `{date_short}`. */
export function formatDate(timestamp, format) {
  const date = at(timestamp);
  const near = dayName(timestamp);
  const pretty = (plain) => (near === "Today" || near === "Yesterday" ? near : plain);
  const long = longDay.format(date) + `, ${date.getFullYear()}`;
  const short = shortDay.format(date) + `, ${date.getFullYear()}`;
  const iso = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
  const tokens = {
    date: longDay.format(date), date_num: iso, date_slash: iso.replaceAll("-", "/"),
    date_long: long, date_short: short, date_pretty: pretty(longDay.format(date)),
    date_long_pretty: pretty(long), date_short_pretty: pretty(short), time: clock.format(date),
    time_secs: precise.format(date), day_divider_pretty: pretty(long), ago: ago(date),
  };
  return format.replace(/\{(\w+)\}/g, (whole, name) => tokens[name] ?? whole);
}

function ago(date) {
  const minutes = Math.max(0, Math.round((Date.now() - date) / 60_000));
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} minute${minutes === 1 ? "" : "s"} ago`;
  const hours = Math.round(minutes / 60);
  return hours < 24 ? `${hours} hour${hours === 1 ? "" : "s"} ago` : shortDay.format(date);
}
