/** Moves a code from the address into its field: it leaves the address bar at once. */

const $ = (id) => document.getElementById(id);

/** Returns true if a code came with the address. */
export function ready() {
	const told = location.hash.slice(1), code = $(told) ? "" : told; // an id here means a place on this page
	if (code) history.replaceState(null, "", location.pathname), $("code").value = code;
	if (!code && !$("code").defaultValue) return false;
	$("paste").hidden = true;
	$("ready").hidden = false;
	return Boolean(code);
}

/** Runs `then` for a code in the address; by default it is sent only at a press. */
export function taken(then = () => {}) {
	const take = () => ready() && then();
	take();
	addEventListener("hashchange", take);
}
