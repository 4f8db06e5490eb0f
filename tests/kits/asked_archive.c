/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/asked_archive.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/kits/check.h"

/* Three days of a water outlet: COD 80 on the first, acid for 100 minutes on the
 * second, on the third most of the day without a value. */
static void write_readings(const char *path)
{
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs("time,cod,ph,flow\n", out);
	for (int k = 0; k < 3 * 288; k++) {
		int day = k / 288, minute = k % 288 * 5;
		bool acid = day == 1 && minute >= 120 && minute < 220;
		bool blind = day == 2 && minute >= 600;
		fprintf(out, "2026-11-%02dT%02d:%02d,%s,%s,120\n", day + 1, minute / 60,
		        minute % 60,
		        blind      ? ""
		        : day == 0 ? "80"
		                   : "30",
		        acid ? "4.2" : "7.3");
	}
	fclose(out);
}

static void write_permit(const char *path)
{
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs("id: p1\nnumber: \"1/GPMT\"\nissuer: office\nissued: 2025-01-15\n"
	      "from: 2025-02-01\nzone: z\nfacility: f\nfacility_name: F\n"
	      "outlet: cua-xa\noutlet_name: O\nstation: s1\nrule: qcvn-40-2011\n"
	      "column: A\ncoefficients:\n"
	      "  - { name: kq, value: 1.0, document: d }\n"
	      "  - { name: kf, value: 1.0, document: d }\nparameters: [cod, ph]\n",
	        out);
	fclose(out);
}

static char *run(const char *before, const char *scratch, int want, const char *command)
{
	int code;
	char *text = run_command(&code, "%s %s --archive %s/archive %s 2>&1", before,
	        project_file("build/san/quantrac"), scratch, command);
	if (code != want)
		print_error(
		        "%s\nended with %d, not %d:\n%s\n", command, code, want, text);
	assert_int_equal(code, want);
	return text;
}

char *asked(const char *scratch, int want, const char *command)
{
	return run("", scratch, want, command);
}

/* Another user might not reach the program, below /root, say. */
char *asked_unprivileged(const char *scratch, int want, const char *command)
{
	return run(geteuid() == 0
	                   ? "setpriv --bounding-set=-dac_override,-dac_read_search"
	                   : "",
	        scratch, want, command);
}

void asked_says(const char *scratch, int want, const char *command, const char *part)
{
	char *text = asked(scratch, want, command);
	assert_contains(text, part);
	free(text);
}

int asked_unpermitted_make(void **state)
{
	char command[4096];
	if (scratch_make(state) != 0)
		return -1;
	write_readings(in_folder(*state, "in.csv"));
	snprintf(command, sizeof command,
	        "import %s/in.csv --station s1 --zone z --kind water --map "
	        "cod=cod:mg/L "
	        "--map ph=ph:pH --map flow=flow_out:m3/h --declare cod:low=0,high=225",
	        (char *)*state);
	free(asked(*state, 0, command));
	return 0;
}

int asked_archive_make(void **state)
{
	char command[4096];
	if (asked_unpermitted_make(state) != 0)
		return -1;
	write_permit(in_folder(*state, "permit.yaml"));
	snprintf(command, sizeof command, "permit set %s/permit.yaml", (char *)*state);
	free(asked(*state, 0, command));
	return 0;
}
