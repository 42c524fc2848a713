// A person's initials on that person's colour.

import type { CSSProperties } from "react";

function dark(colour: string): boolean {
  const [r = 0, g = 0, b = 0] = (colour.match(/[0-9a-f]{2}/gi) ?? []).map((pair) => parseInt(pair, 16));
  return 0.299 * r + 0.587 * g + 0.114 * b < 150;
}

export function Avatar({ initials, colour, size = 36 }: { initials: string; colour: string; size?: number }) {
  const style = { "--size": `${size}px`, background: colour, color: dark(colour) ? "#fff" : "#111" } as CSSProperties;
  return (
    <span className="avatar" style={style} aria-hidden="true">
      {initials}
    </span>
  );
}

const BOT_COLOUR = "#0b6b52";

/** The app's own picture: two ear cups and a band. */
export function BotAvatar({ size = 36 }: { size?: number }) {
  const style = { "--size": `${size}px`, background: BOT_COLOUR } as CSSProperties;
  return (
    <span className="avatar bot" style={style} aria-hidden="true">
      <svg viewBox="0 0 24 24" width="66%" height="66%">
        <path d="M5 14v-2a7 7 0 0114 0v2" fill="none" stroke="#fff" strokeWidth="1.8" strokeLinecap="round" />
        <rect x="3.6" y="13" width="4" height="6.4" rx="1.6" fill="#fff" />
        <rect x="16.4" y="13" width="4" height="6.4" rx="1.6" fill="#fff" />
        <circle cx="12" cy="15.6" r="1.7" fill="#7be0b8" />
      </svg>
    </span>
  );
}
