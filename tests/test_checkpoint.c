/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/receipts.h"
#include "archive/witness.h"
#include "base/base64.h"
#include "base/folder.h"
#include "base/legal_time.h"
#include "base/stamp.h"
#include "collector/checkpoints.h"
#include "tests/sample_archive.h"

#define DAY(n) (SAMPLE_DAY_US + (n)*US_PER_DAY + 2 * US_PER_HOUR)

static struct archive_identity identity;
static struct seal_list list;
static struct checkpoints checkpoints;
static char key_path[600];

/* Seals of files that are not there: the list alone is looked at. */
static void seals_add(const char *dir, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct seal seal = { .records = 9, .sealed_us = SAMPLE_DAY_US };
		char date[TIME_TEXT];
		date_print(SAMPLE_DAY_US + (int64_t)list.n * US_PER_DAY, OFFSET_VIETNAM,
		        date);
		snprintf(seal.date, sizeof seal.date, "%.10s", date);
		strcpy(seal.station, "bt-outlet");
		strcpy(seal.kind, "day");
		snprintf(seal.path, sizeof seal.path, "kcn-mau/bt-outlet/2026/x_%zu.h5",
		        list.n);
		digest_of(&list.n, sizeof list.n, seal.root);
		digest_of(seal.path, 20, seal.file);
		assert_int_equal(seal_list_append(&list, dir, &seal), OK);
	}
}

static void key_make(const char *dir, const char *name, char path[600])
{
	char public_path[600];
	snprintf(path, 600, "%s/keys/%s.sign.secret", dir, name);
	snprintf(public_path, sizeof public_path, "%s/keys/%s.sign.pub", dir, name);
	folder_make(in_folder(dir, "keys"));
	assert_int_equal(sign_key_new(path, public_path, NULL), OK);
}

static int setup(void **state)
{
	struct problem why;
	if (scratch_make(state) != 0)
		return -1;
	list = (struct seal_list){ .n = 0 };
	sample_archive_make(*state);
	archive_identify(*state, &identity, &why);
	key_make(*state, "archive", key_path);
	checkpoints = (struct checkpoints){
		.dir = *state, .key = key_path, .identity = &identity
	};
	return 0;
}

static int teardown(void **state)
{
	checkpoints_end(&checkpoints);
	seal_list_free(&list);
	return scratch_remove(state);
}

static void run(int64_t now_us)
{
	struct problem why = { .text = "" };
	if (checkpoints_run(&checkpoints, &list, now_us, false, &why) != OK)
		fail_msg("%s", why.text);
}

static const char *verify(const char *dir, int *bad)
{
	static char text[1 << 16];
	struct problem why = { 0 };
	FILE *out = fmemopen(text, sizeof text, "w");
	*bad = verify_path(dir, out, 0, &why);
	fclose(out);
	return *bad >= 0 ? text : strcpy(text, why.text);
}

static void assert_verify(const char *dir, int extra, const char *part)
{
	int bad;
	const char *text = verify(dir, &bad);
	assert_contains(text, part);
	assert_int_equal(bad, (int)list.n + extra); /* the files are MISSING */
}

/* ---- forms ---- */

static void base64_has_one_text_for_one_value(void **state)
{
	uint8_t out[8];
	char text[16];
	base64_print((const uint8_t *)"foob", 4, text);
	assert_string_equal(text, "Zm9vYg==");
	base64_print((const uint8_t *)"fooba", 5, text);
	assert_string_equal(text, "Zm9vYmE=");
	assert_int_equal(base64_parse("Zm9vYg==", out, 4), OK);
	assert_memory_equal(out, "foob", 4);
	assert_int_equal(base64_parse("Zm9vYh==", out, 4), MALFORMED);
	assert_int_equal(base64_parse("Zm9vYg=", out, 4), MALFORMED);
	assert_int_equal(base64_parse("Zm9v.g==", out, 4), MALFORMED);
}

static void a_secret_key_that_others_may_read_is_refused(void **state)
{
	struct sign_key *key;
	struct problem why;
	struct stat st;
	assert_int_equal(stat(key_path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0400);
	assert_int_equal(sign_key_open(&key, key_path, &why), OK);
	sign_key_close(key);
	chmod(key_path, 0440);
	assert_int_equal(sign_key_open(&key, key_path, &why), REFUSED);
	assert_contains(why.text, "others may read this secret key");
	assert_int_equal(sign_key_new(key_path, key_path, &why), REFUSED);
}

static void a_question_is_what_openssl_reads(void **state)
{
	uint8_t hash[DIGEST_SIZE] = { 0xab, 0xcd }, nonce[STAMP_NONCE] = { 0xff, 1 },
	        request[STAMP_REQUEST];
	int code;
	stamp_request(hash, nonce, request);
	const char *path = in_folder(*state, "x.tsq");
	assert_int_equal(file_replace(path, request, sizeof request, 0600), OK);
	char *said = run_command(&code, "openssl ts -query -in %s -text 2>&1", path);
	assert_int_equal(code, 0);
	assert_contains(said, "Hash Algorithm: sha256");
	assert_contains(said, "ab cd 00 00");
	assert_contains(said, "Certificate required: yes");
	free(said);
}

/* ---- the collector ---- */

static void each_day_has_one_and_open_holds_what_came_since(void **state)
{
	char(*names)[CHECKPOINT_NAME];
	seals_add(*state, 3);
	run(DAY(1));
	seals_add(*state, 1);
	run(DAY(1) + US_PER_HOUR);
	assert_verify(*state, 0, "checkpoints/open: OK, 4 seals");
	seals_add(*state, 1);
	run(DAY(2) - 2 * US_PER_HOUR); /* midnight: the night's seals are not through */
	assert_verify(*state, 0, "checkpoints/open: OK, 5 seals");
	seals_add(*state, 2);
	run(DAY(2));
	run(DAY(2) + 1);
	assert_int_equal(checkpoint_names(*state, &names), 2);
	assert_string_equal(names[0], "000000000003");
	assert_string_equal(names[1], "000000000007");
	free(names);
	assert_verify(*state, 0, "checkpoints/000000000007: OK, 7 seals");
	assert_int_not_equal(access(in_folder(*state, "checkpoints/open"), F_OK), 0);
	/* taken up again after a restart */
	checkpoints_end(&checkpoints);
	seals_add(*state, 1);
	run(DAY(3));
	assert_verify(*state, 0, "checkpoints/000000000008: OK, 8 seals");
}

static void without_a_key_nothing_is_signed_and_nothing_fails(void **state)
{
	char(*names)[CHECKPOINT_NAME];
	checkpoints.key = "/nowhere/archive.sign.secret";
	seals_add(*state, 2);
	run(DAY(1));
	assert_true(checkpoints.told);
	assert_int_equal(checkpoint_names(*state, &names), 0);
	assert_verify(*state, 0, "checkpoints: none: the seal list is not signed");
}

static void a_list_that_was_changed_is_not_signed(void **state)
{
	struct problem why;
	seals_add(*state, 3);
	run(DAY(1));
	checkpoints_end(&checkpoints);
	list.seal[1].records++;
	seals_add(*state, 1);
	assert_int_equal(
	        checkpoints_run(&checkpoints, &list, DAY(2), false, &why), REFUSED);
	assert_contains(why.text, "is not the one whose 3 lines were signed before");
}

static void another_key_does_not_sign_unasked(void **state)
{
	char other[600];
	struct problem why;
	seals_add(*state, 1);
	run(DAY(1));
	key_make(*state, "other", other);
	checkpoints.key = other;
	seals_add(*state, 1);
	assert_int_equal(
	        checkpoints_run(&checkpoints, &list, DAY(2), false, &why), REFUSED);
	assert_contains(why.text, "is not the key that signs here (that is archive)");
}

/* ---- rotation and revocation ---- */

static int act_put(const char *dir, struct act act, const char *by, const char *fresh)
{
	struct act_signers signers = { NULL, NULL };
	struct sign_key *first = NULL, *second = NULL;
	struct problem why = { .text = "" };
	act.at_us = DAY(1);
	assert_int_equal(sign_key_open(&first, by, NULL), OK);
	if (fresh != NULL) {
		assert_int_equal(sign_key_open(&second, fresh, NULL), OK);
		memcpy(act.public_key, sign_key_public(second), SIGN_PUBLIC);
	}
	signers.by = first;
	signers.fresh = act.kind == ACT_KEY ? second : NULL;
	int status = acts_append(dir, &act, &signers, &why);
	sign_key_close(first);
	sign_key_close(second);
	return status;
}

static void a_key_hands_over_and_what_it_signs_later_is_found(void **state)
{
	char fresh[600], *note;
	size_t n;
	struct act act = { .kind = ACT_KEY, .subject = "second" };
	seals_add(*state, 2);
	run(DAY(1));
	key_make(*state, "second", fresh);
	/* not without the old key */
	assert_int_equal(act_put(*state, act, fresh, fresh), MALFORMED);
	act.from = 2;
	assert_int_equal(act_put(*state, act, key_path, fresh), OK);
	checkpoints.key = fresh;
	seals_add(*state, 2);
	run(DAY(2));
	assert_verify(*state, 0,
	        "checkpoints/000000000004: OK, 4 seals, signed "
	        "2026-11-16T19:00:00+00:00 by second");
	assert_verify(*state, 0, "checkpoints/acts: OK, 2 lines, key second signs");
	/* the old key signs the same text */
	struct checkpoint forged;
	struct sign_key *old;
	const char *path = in_folder(*state, "checkpoints/000000000004");
	assert_int_equal(checkpoint_read(&forged, path, NULL), OK);
	assert_int_equal(sign_key_open(&old, key_path, NULL), OK);
	assert_int_equal(checkpoint_sign(&forged, "archive", old), OK);
	sign_key_close(old);
	note = malloc(CHECKPOINT_TEXT);
	n = (size_t)checkpoint_print(&forged, note, CHECKPOINT_TEXT);
	assert_int_equal(file_replace(path, note, n, 0600), OK);
	free(note);
	assert_verify(*state, 1,
	        "checkpoints/000000000004: DAMAGED: key archive gave way to key second "
	        "at 2 seals");
}

static void what_a_revoked_key_signed_beyond_its_size_is_found(void **state)
{
	char fresh[600];
	struct act act = { .kind = ACT_KEY, .subject = "second", .from = 5 };
	struct act revoke = { .kind = ACT_REVOKE, .subject = "archive", .from = 2 };
	seals_add(*state, 2);
	run(DAY(1));
	seals_add(*state, 3);
	run(DAY(2));
	key_make(*state, "second", fresh);
	assert_int_equal(
	        act_put(*state, revoke, key_path, NULL), MALFORMED); /* itself */
	assert_int_equal(act_put(*state, act, key_path, fresh), OK);
	assert_int_equal(
	        act_put(*state, revoke, key_path, NULL), MALFORMED); /* the old */
	assert_int_equal(act_put(*state, revoke, fresh, NULL), OK);
	assert_verify(*state, 1, "checkpoints/000000000002: OK");
	assert_verify(*state, 1,
	        "checkpoints/000000000005: DAMAGED: key archive is revoked for more "
	        "than 2 seals");
}

/* ---- every byte ---- */

static size_t every_byte(const char *dir, const char *name, const char *place)
{
	char *good;
	size_t n;
	const char *path = in_folder(dir, name);
	assert_int_equal(file_read(path, 1 << 20, &good, &n), OK);
	for (size_t i = 0; i < n; i++) {
		static const unsigned char turn[] = { 0x01, 0x20, 0x80 };
		char *changed = malloc(n);
		int bad;
		memcpy(changed, good, n);
		changed[i] ^= (char)turn[i % 3];
		FILE *out = fopen(path, "w");
		assert_int_equal(fwrite(changed, 1, n, out), n);
		fclose(out);
		free(changed);
		const char *text = verify(dir, &bad);
		/* the last line has none behind it: its checkpoint tells */
		bool placed =
		        strstr(text, place) != NULL ||
		        strstr(text, "one of the lines 4 to 4") != NULL ||
		        strstr(text, "the list has only 3: the last were") != NULL;
		if (bad == 0 || strstr(text, "; 0 damaged places") != NULL || !placed)
			fail_msg("%s byte %zu: %d bad\n%s", name, i, bad, text);
	}
	assert_int_equal(file_replace(path, good, n, 0600), OK);
	free(good);
	return n;
}

static void any_byte_of_lists_and_checkpoints_is_found_and_placed(void **state)
{
	size_t n = 0;
	char witness[600];
	struct act act = { .kind = ACT_WITNESS, .subject = "so-tnmt" };
	seals_add(*state, 2);
	run(DAY(1));
	key_make(*state, "so-tnmt", witness);
	assert_int_equal(act_put(*state, act, key_path, witness), OK);
	seals_add(*state, 1);
	run(DAY(2));
	seals_add(*state, 1);
	run(DAY(2) + US_PER_HOUR);
	assert_verify(*state, 0, "checkpoints/open: OK, 4 seals");
	n += every_byte(*state, "seals", "seals line");
	n += every_byte(*state, "checkpoints/acts", "checkpoints/acts line");
	n += every_byte(*state, "checkpoints/000000000002",
	        "checkpoints/000000000002: DAMAGED");
	n += every_byte(*state, "checkpoints/000000000003",
	        "checkpoints/000000000003: DAMAGED");
	n += every_byte(*state, "checkpoints/open", "checkpoints/open: DAMAGED");
	print_message(
	        "%zu bytes of seal list, acts and checkpoints changed, one by one: "
	        "%zu found and placed\n",
	        n, n);
	assert_verify(*state, 0, "checkpoints/open: OK, 4 seals");
}

static void what_was_taken_away_is_found(void **state)
{
	char *text;
	size_t n;
	const char *seals = in_folder(*state, "seals");
	seals_add(*state, 3);
	run(DAY(1));
	seals_add(*state, 3);
	run(DAY(2));
	seals_add(*state, 1);
	run(DAY(3));
	assert_int_equal(file_read(seals, 1 << 20, &text, &n), OK);
	/* the last line */
	char *cut = memrchr(text, '\n', n - 1);
	assert_int_equal(file_replace(seals, text, (size_t)(cut + 1 - text), 0600), OK);
	int bad;
	assert_contains(verify(*state, &bad),
	        "checkpoints/000000000007: DAMAGED: covers 7 seals; the list has only "
	        "6: the last were cut off");
	assert_int_equal(file_replace(seals, text, n, 0600), OK);
	free(text);
	/* a checkpoint in the middle */
	unlink(in_folder(*state, "checkpoints/000000000006"));
	assert_verify(*state, 1,
	        "checkpoints/000000000007: DAMAGED: does not name the checkpoint "
	        "before "
	        "it");
	/* something laid beside them */
	unlink(in_folder(*state, "checkpoints/000000000007"));
	file_replace(in_folder(*state, "checkpoints/note"), "x", 1, 0600);
	assert_verify(*state, 1, "checkpoints/note: NOT SEALED");
}

/* ---- witnesses and time stamps ---- */

static int visit(
        const char *dir, const char *key, struct checkpoint *note, struct problem *why)
{
	struct sign_key *secret;
	uint64_t seen;
	char memory[600];
	snprintf(memory, sizeof memory, "%s/memory", dir);
	assert_int_equal(sign_key_open(&secret, key, NULL), OK);
	struct witness witness = { .copy = dir,
		.memory = memory,
		.name = "so-tnmt",
		.key = secret,
		.now_us = DAY(5) };
	int status = witness_run(&witness, note, &seen, why);
	sign_key_close(secret);
	return status;
}

static void a_witness_cosigns_what_grew_and_refuses_what_was_rewritten(void **state)
{
	char witness[600], note_path[600], said[300], text[CHECKPOINT_TEXT], *seals;
	size_t n;
	struct checkpoint note;
	struct problem why = { .text = "" };
	struct act act = { .kind = ACT_WITNESS, .subject = "so-tnmt" };
	key_make(*state, "so-tnmt", witness);
	seals_add(*state, 3);
	run(DAY(1));
	assert_int_equal(visit(*state, witness, &note, &why), OK);
	snprintf(note_path, sizeof note_path, "%s/note", (char *)*state);
	int size = checkpoint_print(&note, text, sizeof text);
	assert_int_equal(file_replace(note_path, text, (size_t)size, 0600), OK);
	/* a stranger's co-signature is not taken */
	assert_int_equal(
	        receipt_store(*state, note_path, said, sizeof said, &why), MALFORMED);
	assert_contains(why.text, "a key no act names");
	assert_int_equal(act_put(*state, act, key_path, witness), OK);
	if (receipt_store(*state, note_path, said, sizeof said, &why) != OK)
		fail_msg("%s", why.text);
	assert_string_equal(said, "checkpoint 000000000003: 1 co-signatures");
	assert_verify(*state, 0, "by archive, 1 co-signature\n");
	assert_verify(*state, 0, "1 checkpoints, 1 co-signed");
	seals_add(*state, 2);
	run(DAY(2));
	if (visit(*state, witness, &note, &why) != OK)
		fail_msg("%s", why.text);
	/* the holder makes all of it again, with his own key, from line 2 on */
	assert_int_equal(
	        file_read(in_folder(*state, "seals"), 1 << 20, &seals, &n), OK);
	free(seals);
	unlink(in_folder(*state, "seals"));
	unlink(in_folder(*state, "checkpoints/000000000003"));
	unlink(in_folder(*state, "checkpoints/000000000005"));
	struct seal_list before = list;
	list = (struct seal_list){ .n = 0 };
	for (size_t i = 0; i < before.n; i++) {
		struct seal seal = before.seal[i];
		seal.records += i == 1;
		assert_int_equal(seal_list_append(&list, *state, &seal), OK);
	}
	seal_list_free(&before);
	checkpoints_end(&checkpoints);
	checkpoints.any = false;
	run(DAY(2));
	assert_verify(*state, 0, "checkpoints/000000000005: OK, 5 seals");
	assert_int_equal(visit(*state, witness, &note, &why), REFUSED);
	assert_contains(why.text, "history was rewritten: seals line 2 was \"v1 "
	                          "2026-11-16 bt-outlet day records 9 ");
	assert_contains(
	        why.text, "and is now \"v1 2026-11-16 bt-outlet day records 10 ");
}

/* An authority of our own: a key, a certificate for time stamping, a serial file. */
static void authority_make(const char *dir)
{
	int code;
	char *said = run_command(&code,
	        "cd %s && printf "
	        "'[req]\\ndistinguished_name=dn\\nprompt=no\\n[dn]\\nCN=Test "
	        "Authority\\n[ext]\\nextendedKeyUsage=critical,timeStamping\\n[tsa]"
	        "\\ndefault_"
	        "tsa=one\\n[one]\\nserial=serial\\ndefault_policy=1.2.3.4\\ndigests="
	        "sha256\\n"
	        "signer_digest=sha256\\naccuracy=secs:1\\n' > tsa.cnf && echo 01 > "
	        "serial && "
	        "openssl req -x509 -newkey rsa:2048 -nodes -keyout tsa.key -out "
	        "tsa.pem -days "
	        "9 -config tsa.cnf -extensions ext 2>&1",
	        dir);
	if (code != 0)
		fail_msg("%s", said);
	free(said);
}

static void a_time_stamp_is_asked_for_kept_and_checked(void **state)
{
	char path[ARCHIVE_PATH], said[300], *answer;
	struct problem why = { .text = "" };
	struct checkpoint_mark mark;
	int code;
	size_t n;
	seals_add(*state, 3);
	run(DAY(1));
	assert_int_equal(receipt_request(*state, path, sizeof path, &why), OK);
	authority_make(*state);
	free(run_command(&code,
	        "cd %s && openssl ts -reply -config tsa.cnf -section one -queryfile %s "
	        "-signer tsa.pem -inkey tsa.key -out answer 2>&1",
	        (char *)*state, path));
	assert_int_equal(code, 0);
	const char *file = in_folder(*state, "answer");
	if (receipt_store(*state, file, said, sizeof said, &why) != OK)
		fail_msg("%s", why.text);
	assert_contains(said, "checkpoint 000000000003: time stamp of 20");
	assert_contains(said, "by /CN=Test Authority");
	assert_verify(*state, 0, "checkpoints/000000000003.tsr: OK, time stamp of");
	free(run_command(&code,
	        "cd %s/checkpoints && head -n 8 000000000003 > ../stamped && openssl "
	        "ts "
	        "-verify -data ../stamped -in 000000000003.tsr -CAfile ../tsa.pem 2>&1",
	        (char *)*state));
	assert_int_equal(code, 0);
	/* the digits of the report are those of what was stamped */
	char *sum = run_command(&code, "sha256sum < %s/stamped", (char *)*state);
	assert_int_equal(checkpoint_newest(*state, &mark, &why), OK);
	assert_memory_equal(sum, mark.digits, 16);
	free(sum);
	char name[CHECKPOINT_NAME];
	struct checkpoint found;
	assert_int_equal(receipt_find(*state, mark.digits, name, &found, &why), OK);
	assert_string_equal(name, "000000000003");
	assert_int_equal(receipt_find(*state, "0123456789abcdef", name, &found, &why),
	        NOT_FOUND);
	/* a bit of what was stamped */
	assert_int_equal(file_read(file, 1 << 16, &answer, &n), OK);
	char *imprint = memmem(answer, n, "\x04\x20", 2);
	imprint[5] ^= 1;
	assert_int_equal(file_replace(in_folder(*state, "checkpoints/000000000003.tsr"),
	                         answer, n, 0600),
	        OK);
	free(answer);
	assert_verify(*state, 1, "checkpoints/000000000003.tsr: DAMAGED: time stamp");
}

/* Another letter in the place of one of its own signature's. */
static void signature_break(const char *dir, const char *name)
{
	char path[ARCHIVE_PATH], *text;
	size_t n;
	checkpoint_path(dir, name, path, sizeof path);
	assert_int_equal(file_read(path, 1 << 16, &text, &n), OK);
	char *at = strstr(text, "archive ") + 40;
	*at = *at == 'A' ? 'B' : 'A';
	assert_int_equal(file_replace(path, text, n, 0644), OK);
	free(text);
}

static void one_whose_signature_does_not_hold_is_no_receipt(void **state)
{
	char path[ARCHIVE_PATH], said[300];
	struct problem why = { .text = "" };
	struct checkpoint_mark mark, older;
	int code;
	seals_add(*state, 3);
	run(DAY(1));
	assert_int_equal(checkpoint_newest(*state, &older, &why), OK);
	seals_add(*state, 2);
	run(DAY(2));
	assert_int_equal(receipt_request(*state, path, sizeof path, &why), OK);
	assert_non_null(strstr(path, "000000000005.tsq"));
	signature_break(*state, "000000000005");
	/* a time stamp over what it is now */
	authority_make(*state);
	free(run_command(&code,
	        "cd %s && head -n 8 checkpoints/000000000005 > data && openssl ts "
	        "-query -data data -sha256 -cert -out q 2>&1 && openssl ts -reply "
	        "-config tsa.cnf -section one -queryfile q -signer tsa.pem -inkey "
	        "tsa.key -out answer 2>&1",
	        (char *)*state));
	assert_int_equal(code, 0);
	const char *answer = in_folder(*state, "answer");
	assert_int_equal(
	        receipt_store(*state, answer, said, sizeof said, &why), MALFORMED);
	assert_int_equal(why.exit, EXIT_DAMAGED);
	assert_contains(why.text, "checkpoints/000000000005: signature 1 is not that");
	unlink(path);
	assert_int_equal(receipt_request(*state, path, sizeof path, &why), MALFORMED);
	assert_contains(why.text, "checkpoints/000000000005: signature 1 is not that");
	assert_int_equal(
	        access(in_folder(*state, "checkpoints/000000000005.tsq"), F_OK), -1);
	/* the newest is refused by its name; a sheet takes the one before */
	assert_int_equal(checkpoint_newest(*state, &mark, &why), MALFORMED);
	assert_int_equal(why.exit, EXIT_DAMAGED);
	assert_contains(why.text, "checkpoints/000000000005: signature 1 is not that");
	assert_string_equal(mark.digits, older.digits);
	assert_int_equal(mark.size, 3);
	signature_break(*state, "000000000003");
	assert_int_equal(checkpoint_newest(*state, &mark, &why), MALFORMED);
	assert_contains(why.text, "checkpoints/000000000005: ");
	assert_string_equal(mark.digits, "");
}

static void one_under_the_name_of_another_is_not_the_newest(void **state)
{
	struct problem why = { .text = "" };
	struct checkpoint_mark mark;
	seals_add(*state, 3);
	run(DAY(1));
	assert_int_equal(link(in_folder(*state, "checkpoints/000000000003"),
	                         in_folder(*state, "checkpoints/000000000009")),
	        0);
	assert_int_equal(checkpoint_newest(*state, &mark, &why), MALFORMED);
	assert_contains(why.text, "checkpoints/000000000009: covers 3 seals");
	assert_int_equal(mark.size, 3);
}

static void without_the_acts_no_checkpoint_holds(void **state)
{
	struct problem why = { .text = "" };
	struct checkpoint_mark mark;
	seals_add(*state, 3);
	run(DAY(1));
	assert_int_equal(
	        file_replace(in_folder(*state, "checkpoints/acts"), "x\n", 2, 0644),
	        OK);
	assert_int_equal(checkpoint_newest(*state, &mark, &why), MALFORMED);
	assert_contains(why.text, "checkpoints/acts: ");
	assert_string_equal(mark.digits, "");
	unlink(in_folder(*state, "checkpoints/acts"));
	assert_int_equal(checkpoint_newest(*state, &mark, &why), MALFORMED);
	assert_contains(why.text, "knows 1 acts; the list has only 0");
}

#define WITH_ARCHIVE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_has_one_text_for_one_value),
		WITH_ARCHIVE(a_secret_key_that_others_may_read_is_refused),
		WITH_ARCHIVE(a_question_is_what_openssl_reads),
		WITH_ARCHIVE(each_day_has_one_and_open_holds_what_came_since),
		WITH_ARCHIVE(without_a_key_nothing_is_signed_and_nothing_fails),
		WITH_ARCHIVE(a_list_that_was_changed_is_not_signed),
		WITH_ARCHIVE(another_key_does_not_sign_unasked),
		WITH_ARCHIVE(a_key_hands_over_and_what_it_signs_later_is_found),
		WITH_ARCHIVE(what_a_revoked_key_signed_beyond_its_size_is_found),
		WITH_ARCHIVE(any_byte_of_lists_and_checkpoints_is_found_and_placed),
		WITH_ARCHIVE(what_was_taken_away_is_found),
		WITH_ARCHIVE(
		        a_witness_cosigns_what_grew_and_refuses_what_was_rewritten),
		WITH_ARCHIVE(a_time_stamp_is_asked_for_kept_and_checked),
		WITH_ARCHIVE(one_whose_signature_does_not_hold_is_no_receipt),
		WITH_ARCHIVE(one_under_the_name_of_another_is_not_the_newest),
		WITH_ARCHIVE(without_the_acts_no_checkpoint_holds),
	};
	return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
