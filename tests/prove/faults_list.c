/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines and faults that are proved against one another: a new driver is one line. */
#include "tests/prove/faults_world.h"

#include "base/reading.h"

#define SERIAL "path: /dev/ttyS0, line: 9600 8N1"
#define TCP    "tcp: \"192.0.2.1:502\""

#define FAST  "poll_every: 1s, timeout: 300ms"
#define SLOW  "poll_every: 10s, timeout: 1s"
#define HEARD "poll_every: 1s, timeout: 3s"

/* clang-format off */
const struct faults_kind faults_kinds[] = {
	{ "modbus rtu", SERIAL, "rtu", { "sim-flow", "sim-water-quality" },
	  { "slave: 1", "slave: 3" }, FAST, "9", REFUSES | CODES },
	{ "modbus ascii", SERIAL ", mode: ascii", "ascii", { "sim-flow", "sim-water-quality" },
	  { "slave: 1", "slave: 3" }, FAST, "9", REFUSES | CODES },
	{ "modbus rtu-over-tcp", TCP ", mode: rtu-over-tcp", "rtu-over-tcp",
	  { "sim-flow", "sim-water-quality" }, { "slave: 1", "slave: 3" }, FAST, "9", REFUSES | CODES },
	{ "modbus tcp", TCP, "tcp", { "sim-flow", "sim-water-quality" },
	  { "slave: 1", "slave: 3" }, FAST, "9", NO_CHECK | REFUSES | CODES },
	{ "bayern-hessen", SERIAL, "rtu", { "teledyne-t300-hessen", "acoem-serinus-30" },
	  { "address: \"040\"", "address: \"050\"" }, FAST, "099", NO_TIE | XOR_CHECK },
	{ "elan", SERIAL, "rtu", { "siemens-ultramat-23-elan", "siemens-ultramat-23-elan" },
	  { "address: \"1\"", "address: \"2\"" }, SLOW, "9", NO_TIE },
	{ "sdi12", SERIAL, "rtu", { "campbell-cs451", "campbell-obs500" },
	  { "address: \"0\"", "address: \"1\"" }, SLOW, "9", IN_PIECES },
	{ "poll-text, C-Link", SERIAL, "rtu", { "thermo-42i-clink", "thermo-49i-clink" },
	  { "address: \"42\"", "address: \"49\"" }, "poll_every: 20s, timeout: 1s", "43",
	  NO_TIE | NO_CHECK | NO_START },
	{ "poll-text, DCON", SERIAL, "rtu", { "icpdas-i-7017", "icpdas-i-7017" },
	  { "address: \"01\"", "address: \"02\"" }, FAST, "09",
	  NO_TIE | NO_CHECK | NO_START },
	{ "poll-text, Teledyne", SERIAL, "rtu", { "teledyne-t100-text", "teledyne-t400-text" },
	  { "address: \"100\"", "address: \"400\"" }, SLOW, "101",
	  NO_TIE | NO_CHECK | NO_START },
	{ "poll-text, unasked", SERIAL, "rtu", { "humminbird-matrix-37", NULL },
	  { "slave: 1", NULL }, HEARD, NULL, UNASKED | WEAK_CHECK | IN_PIECES },
	{ "stream-frame, asked", SERIAL, "rtu", { "honeywell-hpma115s0-asked", NULL },
	  { "slave: 1", NULL }, FAST, NULL,
	  NO_TIE | REFUSES | WEAK_CHECK | BARE_REFUSAL },
	{ "stream-frame, unasked", SERIAL, "rtu", { "plantower-pms5003", NULL },
	  { "slave: 1", NULL }, HEARD, NULL, UNASKED | WEAK_CHECK },
	{ "hj212", SERIAL, "rtu", { "hj212-2017-waste-water", NULL },
	  { "address: \"010000A8900016F000169DC0\"", NULL }, HEARD, NULL, UNASKED | WEAK_CHECK },
	{ "modbus rtu, coils", SERIAL, "rtu", { "bits-coils", "bits-inputs" },
	  { "slave: 1", "slave: 3" }, FAST, "9", REFUSES | CODES },
	{ "modbus rtu, inputs", SERIAL, "rtu", { "bits-inputs", "bits-coils" },
	  { "slave: 1", "slave: 3" }, FAST, "9", REFUSES | CODES },
	/* of four bits: whoever answers so little answers no trial, and 1 in 16 answers is as the one before */
	{ "modbus rtu, four inputs", SERIAL, "rtu", { "modbus-di-4", "bits-inputs" },
	  { "slave: 1", "slave: 3" }, FAST, "9", NO_TIE | REFUSES | CODES },
	{ "modbus tcp, coils", TCP, "tcp", { "bits-coils", "bits-inputs" },
	  { "slave: 1", "slave: 3" }, FAST, "9", NO_CHECK | REFUSES | CODES },
};

#define ANY (-1)
const struct faults_fault faults_faults[] = {
	{ "none", "late: 0s", STATE_OK, PLAIN },
	{ "silence", "silent: yes", STATE_SILENT, PLAIN },
	{ "a byte a second", "slow: 1s", STATE_GARBLED, DRAWN_OUT },
	{ "halves, 50 ms apart", "split: 50ms", STATE_OK, PLAIN },
	{ "clumps, 8 ms apart", "clumps: 8ms", STATE_OK, PLAIN },
	{ "clumps, 12 ms apart", "clumps: 12ms", STATE_OK, PLAIN },
	{ "clumps and echo", "clumps: 8ms, echo: yes", STATE_OK, ASKED },
	{ "clumps, late by 0.4 s", "clumps: 12ms, late: 400ms", ANY, LATE },
	{ "garbage", "garbage: yes", STATE_GARBLED, ALTERED },
	{ "one bit turned over", "flips: 1", ANY, ALTERED | ONE_BIT },
	{ "four bits turned over", "flips: 4", ANY, ALTERED },
	{ "late by 0.4 s", "late: 400ms", ANY, LATE },
	{ "late by 0.7 s", "late: 700ms", ANY, LATE },
	{ "late by 1.5 s", "late: 1500ms", ANY, LATE },
	{ "late by one", "behind: yes", ANY, LATE | BEHIND },
	{ "echo", "echo: yes", STATE_OK, ASKED },
	{ "echo and silence", "echo: yes, silent: yes", STATE_SILENT, ASKED },
	{ "noise around answers", "stray: 3", STATE_OK, PLAIN },
	{ "noise and silence", "stray: 3, silent: yes", STATE_SILENT, ASKED | WIRED },
	{ "answers twice", "twice: yes", STATE_OK, PLAIN },
	{ "foreign answers first", "foreign: yes", STATE_OK, ASKED | FOREIGN },
	{ "renumbered", "renumbered: \"%s\"", STATE_SILENT, ASKED | MOVED },
	{ "exception 2", "exception: 2", STATE_REFUSED, ASKED | REFUSAL },
	{ "exception 6, busy", "exception: 6", STATE_REFUSED, ASKED | REFUSAL | CODED },
	{ "exception 11, gateway", "exception: 11", STATE_SILENT, ASKED | REFUSAL | CODED },
	{ "hang-up", "hang_up: yes", ANY, LINE },
	{ "babble", "babble: yes", STATE_GARBLED, LINE | ENDLESS },
	{ "other order of words", "other_order: yes", ANY, SAID },
	{ "channels renumbered", "shift: 1", ANY, SAID },
	{ "frozen value", "frozen: yes", ANY, SAID },
};
/* clang-format on */

const size_t n_faults_kinds = sizeof faults_kinds / sizeof faults_kinds[0];
const size_t n_faults_faults = sizeof faults_faults / sizeof faults_faults[0];
