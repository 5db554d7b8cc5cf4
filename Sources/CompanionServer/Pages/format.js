// Numbers and times as people read them, in the browser's language and time zone.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const short = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const whole = new Intl.NumberFormat();
const tenth = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

const isToday = (milliseconds) => new Date(milliseconds).toDateString() === new Date().toDateString();

export const clockTime = (milliseconds) => clock.format(milliseconds);
export const dayName = (milliseconds) => (isToday(milliseconds) ? "Today" : day.format(milliseconds));
export const dateTime = (milliseconds) => short.format(milliseconds);
export const exactTime = (milliseconds) => full.format(milliseconds);
export const count = (number) => whole.format(number);

export function bytes(number) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; number >= 1024 && unit < units.length - 1; unit += 1) number /= 1024;
  return `${unit ? tenth.format(number) : whole.format(number)} ${units[unit]}`;
}

/** 75 -> 1:15, 3675 -> 1:01:15 */
export function duration(seconds) {
  const rest = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest % 60)}` : `${minutes}:${two(rest % 60)}`;
}

/** 90061 -> 1 d 1 h */
export function longDuration(seconds) {
  const parts = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const result = [];
  for (const [unit, size] of parts) {
    const number = Math.floor(seconds / size);
    seconds -= number * size;
    if (number || (unit === "s" && !result.length)) result.push(`${number} ${unit}`);
    if (result.length === 2) break;
  }
  return result.join(" ");
}

/** The browser and system in a User-Agent text, roughly; the whole text when it is of no known kind. */
export function agent(text) {
  if (!text) return "Unknown browser";
  const browser = [["Edg/", "Edge"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]]
    .find(([mark]) => text.includes(mark));
  const system = [["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Windows", "Windows"],
    ["Mac OS", "macOS"], ["Linux", "Linux"]].find(([mark]) => text.includes(mark));
  return browser ? [browser[1], system?.[1]].filter(Boolean).join(" on ") : text.slice(0, 60);
}
