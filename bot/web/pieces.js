/** Parts of the listening page: its words, lengths in words, nodes, and requests to the server. */

export const LOCALE = "en-GB";
export const TEXT = {
	recorded: "Your listening is logged", opening: "Opening your call…", slow: "This is taking longer than usual.",
	ended: "Your access has ended", endedNext: "Playback has stopped.",
	erasedAt: (when) => `It lasted until ${when}, when the recording’s time was up. You can’t ask for it again.`,
	sooner: (when) => when ? ` · until ${when}` : "",
	endedAt: (when) => `It lasted until ${when}. If you still need the call, please ask again.`,
	gone: "You can no longer hear these calls. If you still need them, please ask again.",
	used: "This link no longer works", usedNext: "Each link works once, so no one else can use yours.",
	closed: "Open this page again from your chat",
	empty: "Open this page from your chat", emptyNext: "Press Listen on your card. The link works once, for one minute.",
	which: (n, of) => `Call ${n} of ${of}`, several: (n) => `${n} calls in this request`,
	incoming: "Incoming call from", outgoing: "Outgoing call to", withheld: "a withheld number",
	ending: (digits) => `a number ending ${[...digits].join(" ")}`,
	answered: (who, where) => `Answered by ${who} · ${where}`, made: (who, where) => `Made by ${who} · ${where}`,
	when: "When", length: "Length", line: "Line", crm: "CRM reference",
	why: "Why you may hear this", person: "For", reason: "Reason", giver: (id) => id.startsWith("RV-") ? "Chosen by" : "Approved by", until: "You may listen until",
	note: "We record who listens, when, and to which parts. Keep what you hear to yourself.",
	request: (id) => `${id.startsWith("RV-") ? "Review" : "Request"} ${id} · P11`,
	position: "Position in the call", place: (at, of) => `${at} of ${of}`,
	play: "Play", pause: "Pause", back: "10 seconds back", on: "10 seconds forward", speed: "Speed",
	mute: "Mute", volume: "Volume",
	checking: "Checking your access…", lost: "Connection lost. Playback continues when it’s back.",
	failed: "I couldn’t load the call. Check your connection, then press Play.",
	waiting: "This call can’t be played right now. Playback continues as soon as it can.",
	trouble: {
		404: "The audio of this call is no longer there.",
		503: "This call can’t be played right now. Press Play in a minute.",
	},
	shortcuts: "Keyboard shortcuts", single: "Use letters and signs as shortcuts", close: "Close",
	keys: { "Space K": "Play or pause", "← →": "5 seconds back or forward", "J L": "10 seconds back or forward",
		"↑ ↓": "Louder or quieter", "< >": "Slower or faster", M: "Sound off or on", "?": "This help" },
};

export const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
export const some = (n, unit) => new Intl.NumberFormat(LOCALE, { style: "unit", unit, unitDisplay: "long" }).format(n);
export const tenth = (s) => +s.toFixed(1);
export const within = (x, top) => Math.min(Math.max(x, 0), top);

export function fromNow(ms) {
	const units = { day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1000 };
	const unit = Object.keys(units).find((one) => ms >= 2 * units[one]) ?? "second";
	return new Intl.RelativeTimeFormat(LOCALE).format(Math.round(ms / units[unit]), unit);
}

export function spoken(seconds, total) {
	const m = Math.floor(seconds / 60), s = Math.floor(seconds % 60);
	if (!total) return `${some(m, "minute")} ${some(s, "second")}`;
	return m ? `${some(m, "minute")} ${s || ""}`.trim() : some(s, "second");
}

// A name may hold marks that change the text's direction: insert it by itself, without them.
export const isolated = (name) => `\u2068${name.replace(/[\u202A-\u202E\u2066-\u2069]/g, "")}\u2069`;

export const $ = (id) => document.getElementById(id);
export const every = (query) => document.querySelectorAll(query);
export const write = (texts) => { for (const id in texts) if ($(id).textContent !== texts[id]) $(id).textContent = texts[id]; };
export const notice = (text) => write({ notice: text });
export const label = (node, text) => { node.ariaLabel = node.title = text; };

export function make(tag, ...children) {
	const node = document.createElement(tag);
	node.append(...children);
	return node;
}

export function title({ direction, caller }) {
	const start = `${TEXT[direction]} `, digits = /^\D*(\d+)$/.exec(caller)?.[1];
	if (!digits) return [start, caller || TEXT.withheld];
	const seen = make("span", caller), heard = make("span", TEXT.ending(digits));
	seen.ariaHidden = true;
	heard.className = "unseen";
	return [start, seen, heard];
}

// Ask why there is no audio, which the player doesn't say. Status 0 means no answer
export const head = (path) => fetch(path, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(4000) })
	.then(({ status }) => status, () => 0);

export async function ask(path, body, patience = 4000) {
	const sent = performance.now();
	const how = { cache: "no-store", signal: AbortSignal.timeout(patience), headers: { "content-type": "application/json" } };
	if (body) Object.assign(how, { method: "POST", body: JSON.stringify(body), keepalive: true });
	try {
		const reply = await fetch(path, how);
		return { status: reply.status, sent, data: await reply.json().catch(() => ({})) };
	} catch { return { status: 0, sent, data: {} }; }
}

// Ask until there is any answer; wait longer for a server that can't answer yet
export async function persist(path, body) {
	const reply = await ask(path, body, 15_000);
	if (reply.status && reply.status < 500) return reply;
	write({ sentence: TEXT.slow });
	await new Promise((later) => setTimeout(later, 2000));
	return persist(path, body);
}
