/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes what the fuzz targets begin with, FOLDER/<target>/<n>: made by the encoders themselves, so that
 * it follows every change of a format. */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/permit.h"
#include "archive/acts.h"
#include "archive/checkpoint.h"
#include "archive/pack.h"
#include "archive/seals.h"
#include "archive/stored_text.h"
#include "base/bytes.h"
#include "base/event.h"
#include "base/folder.h"
#include "base/sign.h"
#include "base/socket.h"
#include "sensors/cabinet/live.h"
#include "sensors/station/station.h"
#include "tests/kits/agent_kit.h"
#include "tests/kits/check.h"
#include "tests/kits/journal_kit.h"
#include "tests/kits/sample_chance.h"
#include "tests/kits/sample_records.h"

static const char *folder;

static void must(int held, const char *what)
{
	if (held)
		return;
	fprintf(stderr, "fuzz_seeds: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* One seed: `letter` (0: none) and the bytes behind it. */
static void seed(const char *target, char letter, const void *in, size_t n)
{
	static unsigned number;
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", folder, target);
	must(folder_make(path) == OK, path);
	snprintf(path, sizeof path, "%s/%s/%04u", folder, target, number++);
	FILE *out = fopen(path, "wb");
	must(out != NULL, path);
	if (letter != 0)
		fputc(letter, out);
	fwrite(in, 1, n, out);
	must(fclose(out) == 0, path);
}

static void seed_text(const char *target, const char *text)
{
	seed(target, 0, text, strlen(text));
}

static void seed_files(const char *target, char letter, const char *pattern)
{
	glob_t found;
	must(glob(pattern, 0, NULL, &found) == 0, pattern);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *text;
		size_t n;
		must(file_read(found.gl_pathv[i], 1 << 20, &text, &n) == OK,
		        found.gl_pathv[i]);
		seed(target, letter, text, n);
		free(text);
	}
	globfree(&found);
}

/* ---- records, descriptions, messages ---- */

static void seed_records(void)
{
	struct sample sample;
	uint64_t chance_seed = 20261126;
	uint8_t payload[256];
	struct gap_event gap = { 3, 9, 7, 1, 2, "full", 4 };
	struct clock_event clock = { 1, 2, CLOCK_SYNCED };
	sample_start(&sample, "tram-01");
	sample_chance(&sample, &chance_seed, 60);
	for (size_t i = 0; i < sample.n; i++) {
		const struct day_record *one = &sample.record[i];
		seed("record", 0, one->bytes, one->size);
		seed("record", 0, one->bytes + RECORD_HEADER,
		        one->size - RECORD_HEADER);
	}
	seed("record", 0, payload, (size_t)gap_encode(&gap, payload, sizeof payload));
	seed("record", 0, payload,
	        (size_t)clock_encode(&clock, payload, sizeof payload));
	for (size_t i = 0; i < sample.n_describes; i++) {
		static uint8_t out[DESCRIBE_MOST];
		char *text;
		size_t size;
		int n = describe_encode(sample.describe[i], out, sizeof out);
		seed("describe", 0, out, (size_t)n);
		must(stored_text_of_payload(out, (size_t)n, &text, &size) == OK,
		        "text");
		seed("describe", 'T', text, size);
		free(text);
	}
	sample_free(&sample);
}

static void seed_message(const struct wire *wire)
{
	static uint8_t out[WIRE_MOST + 1];
	int n = wire_encode(wire, out, WIRE_MOST);
	must(n > 0, "wire_encode");
	out[n] = 1;
	seed("wire", 0, out, (size_t)n + 1);
}

static void seed_messages(void)
{
	static struct agent agent;
	struct agent_book book = { .n = 0 };
	uint8_t payload[64];
	agent_start(&agent, &book, "tram-01", 7);
	agent_describe(&agent, AGENT_DAY);
	struct wire wire = agent_message(&agent);
	seed_message(&wire);
	for (int i = 0; i < 5; i++)
		agent_reading(&agent, AGENT_DAY + i * AGENT_MIN, i);
	wire = agent_message(&agent);
	seed_message(&wire);
	wire.count = 0;
	wire.payload = payload;
	struct wire_hello hello = {
		.newest_seq = 6, .time_us = AGENT_DAY, .version = "1"
	};
	struct wire_welcome welcome = { AGENT_DAY, 8, WIRE_MOST };
	wire.type = WIRE_HELLO;
	wire.payload_size = (size_t)wire_hello_put(&hello, payload, sizeof payload);
	seed_message(&wire);
	wire.type = WIRE_WELCOME;
	wire.payload_size = (size_t)wire_welcome_put(&welcome, payload, sizeof payload);
	seed_message(&wire);
	wire.type = WIRE_NAK;
	struct wire_nak nak = { .other_seq = 6, .reason = "why" };
	wire.payload_size = (size_t)wire_nak_put(&nak, payload, sizeof payload);
	seed_message(&wire);
	wire.payload_size = 0;
	for (wire.type = WIRE_ACK; wire.type <= WIRE_PONG; wire.type++)
		if (wire.type != WIRE_NAK)
			seed_message(&wire);
	agent_end(&agent);
	agent_book_free(&book);
}

/* ---- journals ---- */

static void seed_journal(uint8_t how, size_t records, size_t payload_size)
{
	static uint8_t out[1 << 16];
	void *scratch;
	char *text;
	size_t n;
	struct journal_recovery recovery;
	must(scratch_make(&scratch) == 0, "scratch");
	struct journal *journal = kit_open(scratch, &recovery);
	kit_append(journal, records, payload_size, 3);
	journal_close(journal);
	must(file_read(kit_segment(scratch, 1), 1 << 20, &text, &n) == OK, "segment");
	size_t used = kit_used(kit_segment(scratch, 1));
	must(2 * used + 64 < sizeof out, "room");
	out[0] = (uint8_t)(how | 1 | (records + 1) << 2);
	put_le16(out + 1, (uint16_t)used);
	memcpy(out + 3, text, used);
	seed("journal", 0, out, 3 + used + 32);
	for (uint8_t bits = 1; bits < 16; bits = (uint8_t)(bits + 2)) {
		out[2] = bits; /* right before the segment */
		seed("segment", 0, out + 2, 1 + used + 32);
	}
	put_le16(out + 1, (uint16_t)used);
	/* and a second segment, which goes on behind the first */
	memcpy(out + 3 + used, text, used);
	uint8_t *second = out + 3 + used;
	put_le64(second + 32, 2);
	put_le64(second + 40, records + 1);
	uint64_t seq = records + 1;
	for (size_t at = JOURNAL_HEADER; at + JOURNAL_ENTRY < used; seq++) {
		int size = entry_length(second + at);
		if (size <= 0)
			break;
		record_place(second + at + JOURNAL_ENTRY, KIT_EPOCH, seq);
		at += (size_t)size;
	}
	seed("journal", 0, out, 3 + 2 * used);
	free(text);
	scratch_remove(&scratch);
}

/* ---- documents ---- */

static void seed_live(void)
{
	struct station *station;
	struct problem why = { .text = "" };
	struct moment now = { .time_us = AGENT_DAY };
	struct live_link link = { .state = "open" };
	void *scratch;
	must(scratch_make(&scratch) == 0, "scratch");
	must(station_read(&station, "cli/demo/station-water.yaml", stderr, &why) == OK,
	        why.text);
	struct describe **instrument =
	        calloc(station->n_instruments, sizeof *instrument);
	for (size_t i = 0; i < station->n_instruments; i++)
		instrument[i] = station_describe_instrument(station, i);
	struct describe *whole = station_describe(station, instrument);
	struct live *live = live_new(whole, instrument, station->n_instruments);
	must(live_write(live, in_folder(scratch, "state.json"), &now, &link, true) ==
	                OK,
	        "live");
	seed_files("config", 'l', in_folder(scratch, "state.json"));
	live_free(live);
	for (size_t i = 0; i < station->n_instruments; i++)
		describe_free(instrument[i]);
	free(instrument);
	describe_free(whole);
	station_free(station);
	scratch_remove(&scratch);
}

static void seed_documents(void)
{
	struct problem why = { .text = "" };
	char *json;
	seed_files("config", 's', "docs/station.yaml");
	seed_files("config", 's', "cli/demo/station-*.yaml");
	seed_files("config", 'n', "cli/demo/scenario-*.yaml");
	seed_files("config", 'p', "sensors/profiles/*.yaml");
	seed_files("config", 'r', "analysis/limits/*.yaml");
	seed_files("config", 'c', "docs/collector.yaml");
	must(permit_from_file("cli/demo/permit-water.yaml", &json, &why) == OK,
	        why.text);
	seed("config", 'd', json, strlen(json));
	free(json);
	seed_live();
}

static void seed_texts(void)
{
	static const char *const text[] = { "2026-11-15T08:48:00.5+07:00",
		"20261115084800", "2026-11", "2026-11-15T08", "now-6h", "yesterday",
		"5min", "60d", "+07:00", "0..225 mg/L", "ug/m3", "mg/L", "m3/h", "pH",
		"NTU", "-12.5e3", "tcp://192.0.2.7:5710", "tcp://[::1]:5710",
		"rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7" };
	static const char *const tt10[] = { "COD\t16.2482\tmg/l\t20260325000000\t00",
		"pH\t7.1\t\t20260325000000\t02\r\n",
		"TB_CAPH_NUOSXL_20260325000000.txt",
		"Độ đục\t1,5\tNTU\t20260325000000\t01" };
	static const char *const csv[] = { "time,cod\n2026-11-15 08:00,41.3\n",
		"\xef\xbb\xbf"
		"time;\"a;b\";c\r\n1;\"2\"\"\";3\r\n\r\n4;5;6",
		"a\tb\n1\t2\n" };
	for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
		seed_text("text", text[i]);
	for (size_t i = 0; i < sizeof tt10 / sizeof tt10[0]; i++)
		seed_text("tt10", tt10[i]);
	seed_text("http", "vi,en;q=0.5");
	seed_text("http", "/style.css");
	seed_text("http", "<b>\"COD\" & 'pH'</b>");
	for (size_t i = 0; i < sizeof csv / sizeof csv[0]; i++)
		seed_text("csv", csv[i]);
}

/* ---- the archive and the door ---- */

static void seed_seals(void)
{
	char lines[3 * SEAL_LINE];
	size_t n = 0;
	static const char *const kind[] = { "day", "late1", "late2" };
	struct seal seal = { .date = "2026-11-15",
		.station = "tram-01",
		.records = 1441,
		.readings = 1440,
		.sealed_us = AGENT_DAY };
	for (size_t i = 0; i < 3; i++) {
		snprintf(seal.kind, sizeof seal.kind, "%s", kind[i]);
		snprintf(seal.path, sizeof seal.path,
		        "kcn-mau/tram-01/2026/tram-01_2026-11-15%s%s.h5",
		        i > 0 ? "_" : "", i > 0 ? kind[i] : "");
		int size = seal_print(&seal, lines + n, SEAL_LINE);
		must(size > 0, "seal_print");
		seed("seals", 0, lines + n, (size_t)size);
		digest_of((const uint8_t *)lines + n, (size_t)size, seal.prev);
		n += (size_t)size;
		lines[n++] = '\n';
	}
	seed("seals", 0, lines, n);
}

/* A signed act, the checkpoint after it, and the keys. */
static void seed_proof(void)
{
	static char note[CHECKPOINT_TEXT];
	struct sign_key *key;
	struct problem why = { .text = "" };
	void *scratch;
	char *text;
	size_t n;
	must(scratch_make(&scratch) == 0, "scratch");
	char secret[4200], public_path[4200];
	snprintf(secret, sizeof secret, "%s/k.secret", (char *)scratch);
	snprintf(public_path, sizeof public_path, "%s/k.pem", (char *)scratch);
	must(sign_key_new(secret, public_path, &why) == OK, why.text);
	must(sign_key_open(&key, secret, &why) == OK, why.text);
	struct act act = { .kind = ACT_KEY,
		.subject = "archive",
		.by = "archive",
		.from = 3,
		.at_us = AGENT_DAY };
	memcpy(act.public_key, sign_key_public(key), SIGN_PUBLIC);
	must(acts_append(scratch, &act, &(struct act_signers){ NULL, key }, &why) == OK,
	        why.text);
	seed_files("proof", 0, in_folder(scratch, "checkpoints/acts"));
	struct checkpoint checkpoint = {
		.origin = "quantrac/kcn-mau", .size = 3, .at_us = AGENT_DAY, .acts = 1
	};
	must(checkpoint_sign(&checkpoint, "archive", key) == OK, "checkpoint_sign");
	int size = checkpoint_print(&checkpoint, note, sizeof note);
	must(size > 0, "checkpoint_print");
	seed("proof", 0, note, (size_t)size);
	must(file_read(public_path, 1 << 16, &text, &n) == OK, "key");
	seed("proof", 'K', text, n);
	free(text);
	sign_key_close(key);
	scratch_remove(&scratch);
}

static void seed_chunks(void)
{
	uint8_t out[4096 + 4];
	double value[256];
	struct packer *packer = packer_new(sizeof value);
	for (size_t i = 0; i < 256; i++)
		value[i] = 40 + (double)(i % 7);
	for (uint8_t shift = 0; shift < 4; shift++) {
		size_t n = packer_pack(
		        packer, value, sizeof value, (size_t)1 << shift, out + 4);
		out[0] = shift | 4;
		put_le16(out + 1, sizeof value);
		out[3] = 0;
		seed("pack", 0, out, n + 4);
	}
	packer_free(packer);
}

static void seed_door(void)
{
	static const char good[] = "\3"
	                           "1.0"
	                           "\1"
	                           "1"
	                           "\10"
	                           "quantrac"
	                           "\11"
	                           "127.0.0.1"
	                           "\0"
	                           "\5"
	                           "CURVE"
	                           "\40"
	                           "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk";
	struct key_pair pair;
	must(key_pair_new(&pair) == OK, "key");
	seed("zap", 0, good, sizeof good - 1);
	seed("zap", 0, good, sizeof good - 2);
	seed("zap", 0, good, 25);
	seed_text("keys", pair.public_key);
	seed_text("keys", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\r\n");
}

int main(int argc, char **argv)
{
	must(argc == 2, "usage: fuzz_seeds FOLDER");
	folder = argv[1];
	seed_records();
	seed_messages();
	seed_journal(0, 6, 20);
	seed_journal(2, 6, 20);
	seed_journal(130, 28, 100);
	seed_documents();
	seed_texts();
	seed_seals();
	seed_proof();
	seed_chunks();
	seed_door();
	return 0;
}
