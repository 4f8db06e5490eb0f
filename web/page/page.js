// SPDX-License-Identifier: GPL-3.0-or-later
// Every ten seconds the same page is asked for again and its middle put in place.  Without this
// script the page is complete and renews itself every minute.
"use strict";

async function renew() {
	if (document.hidden)
		return;
	try {
		const answer = await fetch(location.href, { cache: "no-store" });
		if (!answer.ok)
			throw new Error(String(answer.status));
		const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
		const main = fresh.getElementById("main");
		if (main !== null)
			document.getElementById("main").replaceWith(main);
		document.body.classList.remove("away");
	} catch (error) {
		document.body.classList.add("away");
	}
}

setInterval(renew, 10000);
document.addEventListener("visibilitychange", renew);
