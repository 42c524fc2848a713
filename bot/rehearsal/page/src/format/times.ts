// Times as a person reads them: in that person's zone, against the company's clock.

import { texts } from "../texts";

const LOCALE = "en-GB";
const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: known(zone) });
    formats.set(key, made);
  }
  return made;
}

function known(zone: string): string {
  try {
    new Intl.DateTimeFormat(LOCALE, { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}

export const time = (at: Date, zone: string) => format(zone, { hour: "2-digit", minute: "2-digit" }).format(at);
export const timeWithSeconds = (at: Date, zone: string) => format(zone, { timeStyle: "medium" }).format(at);
export const shortDate = (at: Date, zone: string) =>
  shortMonth(format(zone, { day: "numeric", month: "short", year: "numeric" }).format(at));
export const date = (at: Date, zone: string) =>
  format(zone, { day: "numeric", month: "long", year: "numeric" }).format(at);
export const longDate = (at: Date, zone: string) =>
  format(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(at).replace(",", "");
export const clock = (at: Date, zone: string) =>
  shortMonth(format(zone, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(at));

/** “Sep” as in the bot's own words, where a browser writes “Sept”. */
const shortMonth = (told: string) => told.replace("Sept", "Sep");

export const full = (at: Date, zone: string) => `${longDate(at, zone)}, ${time(at, zone)} ${place(zone)}`;

/** 2026-11-24 in that zone: also the key of a day. */
export function day(at: Date, zone: string): string {
  const parts = format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

export const place = (zone: string) => (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");

const DAY = 86_400_000;

/** “Today”, “Yesterday” or “Tomorrow” by the company's clock, else null. */
export function nearDay(at: Date, now: Date, zone: string): string | null {
  const days = Math.round((Date.parse(day(at, zone)) - Date.parse(day(now, zone))) / DAY);
  return { 0: texts.today, [-1]: texts.yesterday, 1: texts.tomorrow }[days] ?? null;
}

export function dayLabel(at: Date, now: Date, zone: string): string {
  const near = nearDay(at, now, zone);
  if (near) return near;
  const sameYear = day(at, zone).slice(0, 4) === day(now, zone).slice(0, 4);
  return format(zone, { weekday: "long", day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) }).format(at);
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3600], ["minute", 60]];

export function ago(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const [unit, size] = STEPS.find(([, each]) => Math.abs(seconds) >= each) ?? ["minute", 60];
  return new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

const weekend = (at: Date, zone: string) => ["Sat", "Sun"].includes(format(zone, { weekday: "short" }).format(at));

/** The same time of day on the next Monday to Friday. The page doesn't know public holidays. */
export function nextWorkingDay(now: Date, zone: string): Date {
  let next = new Date(now.getTime() + DAY);
  while (weekend(next, zone)) next = new Date(next.getTime() + DAY);
  return next;
}
