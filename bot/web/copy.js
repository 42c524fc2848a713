/** A customer's calls: one player at a time, which stops the moment the link ends. The page works without it. */

import { $, ask, every, notice, TEXT } from "/listen/assets/pieces.js";
import { audio, drawPlace, empty, hold, page, play, player, put } from "/listen/assets/player.js";

const PLAYING = 2000, IDLE = 10_000, UNSURE = 4750, TICK = 100;
const OVER = [401, 403, 404, 410];

const { link } = $("calls").dataset;
const under = (...parts) => `/copy/${[link, ...parts].map(encodeURIComponent).join("/")}`;
const calls = [...every(".call")].filter((one) => one.querySelector(".stage"));
let sure = 0, asked = 0;

TEXT.trouble[404] = "The recording of this call is no longer there. Please phone us.";

// Each answer of the server says until when, and which calls there are
async function poll() {
	asked = performance.now();
	const { status, sent, data } = await ask(under("access"));
	if (player.over) return;
	if (OVER.includes(status)) return end(data.sentence, data.ended);
	if (status !== 200) return player.held && notice(data.sentence ?? TEXT.lost);
	if (data.there.join() !== calls.map((one) => one.dataset.id).join()) return location.reload();
	sure = sent;
	$("left").textContent = data.left;
	if (player.held) play();
}

function end(sentence, forGood) {
	audio.pause();
	empty();
	$("calls").remove();
	$("sentence").textContent = sentence ?? "";
	$("again").hidden = forGood ?? false;
	$("over").hidden = false;
	$("heading").focus();
}

function choose(one, going) {
	for (const other of calls) other.querySelector(".choose").hidden = other === one;
	one.querySelector(".stage").append($("player"));
	$("player").hidden = false;
	put({ id: one.dataset.id, seconds: +one.dataset.seconds }, under(one.dataset.id, "peaks"));
	if (going) play(), $("play").focus();
}

function tick() {
	if (player.over) return;
	const now = performance.now(), going = !audio.paused || player.held;
	if (!audio.paused && now - sure > UNSURE) hold(TEXT.lost);
	if (now - asked > (going ? PLAYING : IDLE)) poll();
	drawPlace(false);
}

Object.assign(page, {
	source: ({ id }) => under(id, "audio"), sure: () => performance.now() - sure < UNSURE, ask: poll,
	ended: () => ask(under(player.call.id, "heard"), {}),
	// Arrows and the space bar scroll the page, unless the player has the focus
	heeds: (key, target) => key.length === 1 && key !== " " || $("player").contains(target),
});
document.body.classList.add("scripted");
for (const one of calls) one.querySelector(".choose").onclick = () => choose(one, true);
document.onvisibilitychange = () => player.over || document.hidden || poll();
// A page from the browser's back-forward cache may be older than the session
onpageshow = ({ persisted }) => persisted && location.reload();
player.over = false;
choose(calls[0]);
poll();
setInterval(tick, TICK);
