/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What quantrac serial probe is trying, while it tries: on a terminal one line that is
 * rewritten, elsewhere a line whenever something else begins, and now and then. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/serial_probe.h"

#define STEP_US INT64_C(10000000) /* a reader of a pipe hears that it goes on */

bool prober_step_due(struct prober_steps *steps, const char *what, int64_t mono_us)
{
	if (strcmp(steps->told, what) == 0 && mono_us - steps->told_us < STEP_US)
		return false;
	snprintf(steps->told, sizeof steps->told, "%s", what);
	steps->told_us = mono_us;
	return true;
}

void prober_step(struct prober *prober, const char *what, double share)
{
	int64_t now_us = clock_now(&prober->talk.clock).mono_us;
	if (prober->common->quiet)
		return;
	if (share > 0.99)
		share = 0.99;
	if (isatty(STDERR_FILENO))
		common_progress(prober->common, what, share);
	else if (prober_step_due(&prober->steps, what, now_us))
		fprintf(stderr, "%s: %d %%\n", what, (int)(share * 100));
}

void prober_step_end(const struct prober *prober)
{
	common_progress(prober->common, "", 1);
}

void prober_step_listen(struct prober *prober, double share)
{
	char what[sizeof prober->steps.told], way[32];
	snprintf(what, sizeof what,
	        prober->vietnamese ? "đang nghe ở %s" : "listening at %s",
	        probe_way_text(&prober->way[prober->open_way], way));
	prober_step(prober, what, share);
}

void prober_step_search(struct prober *prober, const struct probe_try *next)
{
	static const char *const others[2][2] = {
		{ "the common addresses", "các địa chỉ thường gặp" },
		{ "the other addresses", "các địa chỉ còn lại" },
	};
	const struct probe *probe = &prober->probe;
	char what[sizeof prober->steps.told], way[32], only[32];
	bool vi = prober->vietnamese;
	snprintf(
	        only, sizeof only, vi ? "địa chỉ %d" : "slave %d", prober->given.slave);
	snprintf(what, sizeof what,
	        vi ? "đang dò ở %s (%zu/%zu), %s" : "asking at %s (%zu of %zu), %s",
	        probe_way_text(&prober->way[next->way], way), next->way + 1,
	        prober->options.n_ways,
	        prober->given.slave != 0 ? only : others[probe->pass > 0][vi]);
	prober_step(prober, what, probe_share(probe));
}

void prober_step_found(struct prober *prober)
{
	const struct probe *probe = &prober->probe;
	if (prober->steps.n_found == probe->n_found || prober->common->quiet)
		return;
	prober_step_end(prober);
	for (; prober->steps.n_found < probe->n_found; prober->steps.n_found++)
		fprintf(stderr,
		        prober->vietnamese ? "địa chỉ %d trả lời\n"
		                           : "slave %d answers\n",
		        probe->found[prober->steps.n_found].slave);
}
