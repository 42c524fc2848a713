// Slack's date tokens (`<!date^…>`), read in the person's own zone instead of the browser's.

import * as times from "./times";

type Draw = (at: Date, now: Date, zone: string) => string;

const near = (otherwise: (at: Date, zone: string) => string): Draw => (at, now, zone) =>
  times.nearDay(at, now, zone)?.toLowerCase() ?? otherwise(at, zone);

const TOKENS: Record<string, Draw> = {
  date_num: (at, _, zone) => times.day(at, zone),
  date_slash: (at, _, zone) => times.day(at, zone).replaceAll("-", "/"),
  date: (at, _, zone) => times.date(at, zone),
  date_short: (at, _, zone) => times.shortDate(at, zone),
  date_long: (at, _, zone) => times.longDate(at, zone),
  date_long_full: (at, _, zone) => times.longDate(at, zone),
  date_pretty: near(times.date),
  date_short_pretty: near(times.shortDate),
  date_long_pretty: near(times.longDate),
  day_divider_pretty: near(times.longDate),
  time: (at, _, zone) => times.time(at, zone),
  time_secs: (at, _, zone) => times.timeWithSeconds(at, zone),
  ago: (at, now) => times.ago(at, now),
};

/** An unknown token leaves the sender's fallback text. As in Slack, the first letter becomes a capital unless U+200B comes before it. */
export function dateText(tokens: string, fallback: string, at: Date, now: Date, zone: string): string {
  if (Number.isNaN(at.getTime())) return fallback;
  let unknown = false;
  const drawn = tokens.replace(/\{(\w+)\}/g, (_, name: string) => {
    const draw = TOKENS[name];
    unknown ||= !draw;
    return draw ? draw(at, now, zone) : "";
  });
  return unknown ? fallback : drawn.charAt(0).toUpperCase() + drawn.slice(1);
}
