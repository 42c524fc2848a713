/** Moves a code from the address into its field: it leaves the address bar at once, and is sent only at a press. */

const $ = (id) => document.getElementById(id);

export function ready() {
	const told = location.hash.slice(1), code = $(told) ? "" : told; // an id here means a place on this page
	if (code) history.replaceState(null, "", location.pathname), $("code").value = code;
	if (!code && !$("code").defaultValue) return;
	$("paste").hidden = true;
	$("ready").hidden = false;
}

export function taken() {
	ready();
	addEventListener("hashchange", ready);
}
