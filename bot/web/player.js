/** The player of every page with calls: it plays and seeks, draws the waveform, and obeys keys and pointers. */

import { $, ask, clock, every, head, label, make, notice, spoken, tenth, TEXT, within, write } from "./pieces.js";

const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];
const wave = $("wave");
export const audio = $("audio");

// Which call it plays (`id`, `seconds`) and how loud; whether it should be playing, and what prevents that
export const player = { call: null, peaks: [], wanted: false, held: false, over: true };

// What a page provides: where audio is, whether access is confirmed and how to ask, what to do around a seek, when it
// plays, stops or reaches the end of a call, and which keys to handle
export const page = {
	source: (call) => call.id, sure: () => true, ask() {}, leave() {}, arrive() {}, change() {}, ended() {}, heeds: () => true,
};
let again = false, drag = null;

const length = () => (audio.duration < Infinity ? audio.duration : player.call?.seconds) || 0;
const told = () => Math.round(player.call?.seconds ?? 0); // one length for each call, whatever its audio says
export const place = () => tenth(audio.currentTime);

// Playing
const toggle = () => (player.wanted ? pause() : play()), skip = (by) => seek(audio.currentTime + by);
const setSpeed = (rate) => { audio.defaultPlaybackRate = audio.playbackRate = $("speed").value = rate; };
const faster = (by) => setSpeed(SPEEDS[SPEEDS.indexOf(audio.playbackRate) + by] ?? audio.playbackRate);
const louder = (by) => setVolume(audio.volume * 100 + by);

export function play() {
	if (audio.error) load(audio.currentTime);
	if (!player.held && audio.currentTime > length() - 0.5) seek(0);
	player.wanted = true;
	if (!page.sure()) return hold(TEXT.checking), page.ask();
	if (player.held) player.held = false, notice("");
	audio.play().catch(() => { player.wanted &&= player.held || !audio.paused; }).finally(drawButton);
	drawButton();
}

function pause() {
	if (player.held) notice("");
	player.wanted = player.held = false;
	audio.pause();
	drawButton();
}

export function hold(sentence) {
	player.held = true;
	audio.pause();
	notice(sentence);
	drawButton();
}

function seek(to) {
	page.leave();
	audio.currentTime = within(to, length());
	page.arrive();
	drawPlace(true);
}

function setVolume(to, muted = false) {
	const percent = Math.round(within(to, 100));
	audio.muted = $("mute").ariaPressed = muted;
	audio.volume = percent / 100;
	$("volume").value = muted ? 0 : percent;
}

function load(at = 0) {
	notice("");
	audio.src = page.source(player.call);
	audio.currentTime = at;
}

// Load another call; its waveform may arrive later
export async function put(call, path) {
	page.leave();
	Object.assign(player, { call, peaks: [], wanted: false, held: false });
	load();
	drawWave();
	drawButton();
	const { data } = await ask(path, null, 20_000);
	if (player.call === call) player.peaks = data.peaks ?? [], drawWave();
}

// Stop playing for good
export function empty() {
	audio.removeAttribute("src");
	audio.load();
	Object.assign(player, { call: null, peaks: [], wanted: false, held: false, over: true });
	drawWave();
	$("sheet").close();
}

// The audio doesn't load: ask the server why, since the player doesn't say. Wait if it may pass, or try again once
async function fail() {
	const going = player.wanted;
	pause();
	const status = await head(page.source(player.call));
	if (player.over) return;
	if (status === 200 && going && !again) return again = true, play();
	status === 503 && going ? hold(TEXT.waiting, player.wanted = true) : notice(TEXT.trouble[status] ?? TEXT.failed);
	page.ask();
}

// Drawing
export function drawButton() {
	$("play").className = player.wanted ? `going ${player.held || audio.readyState < 3 ? "busy" : ""}` : "";
	label($("play"), player.wanted ? TEXT.pause : TEXT.play);
}

export function drawWave() {
	const { peaks } = player, { clientWidth: width, clientHeight: height } = wave, bars = Math.floor(width / 5);
	const loudest = Math.max(0.1, ...peaks), share = peaks.length / bars;
	const path = Array.from({ length: bars }, (_, i) => {
		const part = peaks.slice(Math.floor(i * share), Math.floor(i * share) + Math.ceil(share));
		const tall = Math.max(0, ...part) / loudest * (height - 12), x = (i + 0.5) * width / bars;
		return `M${tenth(x)} ${tenth((height - tall) / 2)}v${tenth(tall)}`;
	}).join("");
	for (const id of ["all", "played"]) $(id).setAttribute("d", path);
	drawPlace(true);
}

export function drawPlace(speak) {
	const all = length(), at = drag ?? audio.currentTime, x = all && at / all * wave.clientWidth;
	$("cut").firstChild.setAttribute("width", x);
	$("head").setAttribute("transform", `translate(${x})`);
	write({ at: clock(at), of: clock(told()) });
	// A screen reader would read out a focused slider endlessly as it moves.
	if (!speak && document.activeElement === $("position")) return;
	Object.assign($("position"), { max: all, value: at, ariaValueText: TEXT.place(spoken(at), spoken(told(), true)) });
}

// Keys and pointers
const KEYS = {
	" ": toggle, k: toggle, ArrowLeft: () => skip(-5), ArrowRight: () => skip(5), j: () => skip(-10), l: () => skip(10),
	ArrowUp: () => louder(10), ArrowDown: () => louder(-10), "<": () => faster(-1), ">": () => faster(1),
	m: () => setVolume(audio.volume * 100, !audio.muted), "?": () => $("sheet").showModal(),
};

function onKey(event) {
	const { target, ctrlKey, metaKey, altKey } = event, arrow = event.key.startsWith("Arrow");
	const key = arrow ? event.key : event.key.toLowerCase(), off = !arrow && key !== " " && !$("single").checked;
	if (!KEYS[key] || ctrlKey || metaKey || altKey || off || player.over || $("sheet").open || !page.heeds(key, target)) return;
	if (target.id === "speed" || (target.id === "volume" && arrow) || (key === " " && target.matches("button, summary"))) return;
	event.preventDefault();
	KEYS[target.id === "position" ? key.replace("Up", "Right").replace("Down", "Left") : key]();
}

function onPoint({ type, clientX, button, pointerId }) {
	const { left, width } = wave.getBoundingClientRect(), at = within((clientX - left) / width, 1) * length();
	if (type === "pointerdown" && !button) drag = at, wave.setPointerCapture(pointerId);
	if (drag !== null) drag = at, drawPlace(true);
	if (type === "pointerup" && drag !== null) seek(at);
	if (type !== "pointerdown" && type !== "pointermove") drag = null;
}

function furnish() {
	for (const node of every("[data-t]")) node.textContent = TEXT[node.dataset.t];
	for (const node of every("[data-l]")) label(node, TEXT[node.dataset.l]);
	$("speed").append(...SPEEDS.map((rate) => new Option(`${rate}×`, rate)));
	setSpeed(1);
	for (const keys in TEXT.keys)
		$("list").append(make("dt", ...keys.split(" ").map((key) => make("kbd", key))), make("dd", TEXT.keys[keys]));
}

function wire() {
	for (const node of every("[data-k]")) {
		node.onclick = KEYS[node.dataset.k];
		// A mouse click must not focus a button, so that the space bar still plays and pauses.
		node.onmousedown = (event) => event.preventDefault();
	}
	$("shut").onclick = () => $("sheet").close();
	$("speed").onchange = ({ target }) => setSpeed(+target.value);
	$("volume").oninput = ({ target }) => setVolume(target.value), $("position").oninput = ({ target }) => seek(target.value);
	for (const kind of ["down", "move", "up", "cancel"]) wave[`onpointer${kind}`] = onPoint;
	audio.onplay = () => { player.wanted = true; page.change(); drawButton(); };
	audio.onpause = () => { player.wanted &&= player.held; page.change(); drawButton(); drawPlace(true); };
	audio.onwaiting = drawButton, audio.onplaying = () => drawButton(again = false);
	audio.onerror = () => player.over || fail();
	audio.onended = () => page.ended();
	new ResizeObserver(() => player.call && drawWave()).observe(wave);
	document.onkeydown = onKey;
}

furnish();
wire();
