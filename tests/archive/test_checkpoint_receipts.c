/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/receipts.h"
#include "archive/witness.h"
#include "base/folder.h"
#include "tests/kits/checkpoint_kit.h"

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
	signing_key(*state, "so-tnmt", witness);
	signing_seal(*state, 3);
	signing_run(DAY(1));
	assert_int_equal(visit(*state, witness, &note, &why), OK);
	snprintf(note_path, sizeof note_path, "%s/note", (char *)*state);
	int size = checkpoint_print(&note, text, sizeof text);
	assert_int_equal(file_replace(note_path, text, (size_t)size, 0600), OK);
	/* a stranger's co-signature is not taken */
	assert_int_equal(
	        receipt_store(*state, note_path, said, sizeof said, &why), MALFORMED);
	assert_contains(why.text, "a key no act names");
	assert_contains(why.text, *state);
	assert_contains(why.text, "keys admit so-tnmt so-tnmt.sign.pub --sign --key");
	assert_int_equal(signing_act(*state, act, signing.key_path, witness), OK);
	if (receipt_store(*state, note_path, said, sizeof said, &why) != OK)
		fail_msg("%s", why.text);
	assert_string_equal(said, "checkpoint 000000000003: 1 co-signatures");
	signing_assert(*state, 0, "by archive, 1 co-signature\n");
	signing_assert(*state, 0, "1 checkpoints, 1 co-signed");
	signing_seal(*state, 2);
	signing_run(DAY(2));
	if (visit(*state, witness, &note, &why) != OK)
		fail_msg("%s", why.text);
	/* the holder makes all of it again, with his own key, from line 2 on */
	assert_int_equal(
	        file_read(in_folder(*state, "seals"), 1 << 20, &seals, &n), OK);
	free(seals);
	unlink(in_folder(*state, "seals"));
	unlink(in_folder(*state, "checkpoints/000000000003"));
	unlink(in_folder(*state, "checkpoints/000000000005"));
	struct seal_list before = signing.list;
	signing.list = (struct seal_list){ .n = 0 };
	for (size_t i = 0; i < before.n; i++) {
		struct seal seal = before.seal[i];
		seal.records += i == 1;
		assert_int_equal(seal_list_append(&signing.list, *state, &seal), OK);
	}
	seal_list_free(&before);
	checkpoints_end(&signing.checkpoints);
	signing.checkpoints.any = false;
	signing_run(DAY(2));
	signing_assert(*state, 0, "checkpoints/000000000005: OK, 5 seals");
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

/* Asked, and answered in the file `answer`. */
static void authority_answer(const char *dir)
{
	char path[ARCHIVE_PATH];
	struct problem why = { .text = "" };
	int code;
	assert_int_equal(receipt_request(dir, path, sizeof path, &why), OK);
	authority_make(dir);
	free(run_command(&code,
	        "cd %s && openssl ts -reply -config tsa.cnf -section one -queryfile %s "
	        "-signer tsa.pem -inkey tsa.key -out answer 2>&1",
	        dir, path));
	assert_int_equal(code, 0);
}

/* Of the certificate in an answer the key alone would be proved, and any name told. */
static void the_name_of_an_authority_is_the_one_that_was_signed(void **state)
{
	char said[300], *answer;
	struct problem why = { .text = "" };
	size_t n;
	signing_seal(*state, 3);
	signing_run(DAY(1));
	authority_answer(*state);
	const char *file = in_folder(*state, "answer");
	assert_int_equal(file_read(file, 1 << 16, &answer, &n), OK);
	assert_int_equal(receipt_store(*state, file, said, sizeof said, &why), OK);
	/* the certificate's issuer, then its subject */
	char *name = (char *)memmem(answer, n, "Test Authority", 14) + 14;
	name = memmem(name, n - (size_t)(name - answer), "Test Authority", 14);
	name[0] = 'B';
	assert_int_equal(file_replace(file, answer, n, 0600), OK);
	free(answer);
	assert_int_equal(
	        receipt_store(*state, file, said, sizeof said, &why), MALFORMED);
	assert_contains(why.text, "the certificate in it did not sign it");
	signing_assert(*state, 0, "by /CN=Test Authority");
}

static void a_time_stamp_is_asked_for_kept_and_checked(void **state)
{
	char said[300], *answer;
	struct problem why = { .text = "" };
	struct checkpoint_mark mark;
	int code;
	size_t n;
	signing_seal(*state, 3);
	signing_run(DAY(1));
	authority_answer(*state);
	const char *file = in_folder(*state, "answer");
	if (receipt_store(*state, file, said, sizeof said, &why) != OK)
		fail_msg("%s", why.text);
	assert_contains(said, "checkpoint 000000000003: time stamp of 20");
	assert_contains(said, "by /CN=Test Authority");
	signing_assert(*state, 0, "checkpoints/000000000003.tsr: OK, time stamp of");
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
	signing_assert(*state, 1, "checkpoints/000000000003.tsr: DAMAGED: time stamp");
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
	signing_seal(*state, 3);
	signing_run(DAY(1));
	assert_int_equal(checkpoint_newest(*state, &older, &why), OK);
	signing_seal(*state, 2);
	signing_run(DAY(2));
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
	signing_seal(*state, 3);
	signing_run(DAY(1));
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
	signing_seal(*state, 3);
	signing_run(DAY(1));
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

static void a_list_that_was_signed_is_not_called_unsigned(void **state)
{
	struct problem why = { .text = "" };
	struct checkpoint_mark mark;
	signing_seal(*state, 3);
	assert_int_equal(checkpoint_newest(*state, &mark, &why), NOT_FOUND);
	assert_contains(why.text, "nobody has signed its seal list");
	signing_run(DAY(1));
	const char *path = in_folder(*state, "checkpoints/000000000003");
	char first[ARCHIVE_PATH];
	snprintf(first, sizeof first, "%.4000s/checkpoints/.first", (char *)*state);
	assert_int_equal(rename(path, first), 0);
	assert_int_equal(checkpoint_newest(*state, &mark, &why), NOT_FOUND);
	assert_contains(why.text, "its first checkpoint was interrupted");
	unlink(first);
	assert_int_equal(checkpoint_newest(*state, &mark, &why), MALFORMED);
	assert_contains(why.text, "(archive), and there is no checkpoint: all of them");
	assert_string_equal(mark.digits, "");
}

/* Digits of what was signed over another list would vouch for this one. */
static void a_list_that_was_changed_has_no_receipt(void **state)
{
	char *seals, path[ARCHIVE_PATH];
	size_t n;
	struct problem why = { .text = "" };
	struct checkpoint_mark mark, older, newer;
	struct checkpoint found;
	char name[CHECKPOINT_NAME];
	signing_seal(*state, 3);
	signing_run(DAY(1));
	assert_int_equal(checkpoint_newest(*state, &older, &why), OK);
	signing_seal(*state, 2);
	signing_run(DAY(2));
	assert_int_equal(checkpoint_newest(*state, &newer, &why), OK);
	assert_int_equal(receipt_find(*state, newer.digits, name, &found, &why), OK);
	assert_int_equal(
	        file_read(in_folder(*state, "seals"), 1 << 20, &seals, &n), OK);
	strstr((char *)memrchr(seals, '\n', n - 1), " root ")[6] ^= 1;
	assert_int_equal(file_replace(in_folder(*state, "seals"), seals, n, 0644), OK);
	assert_int_equal(checkpoint_newest(*state, &mark, &why), MALFORMED);
	assert_contains(why.text,
	        "seals: is not the list that checkpoint 000000000005 was signed over");
	assert_string_equal(mark.digits, older.digits); /* over what it still is */
	/* nor do the digits of a sheet vouch for it, though the checkpoint is there */
	assert_int_equal(
	        receipt_find(*state, newer.digits, name, &found, &why), MALFORMED);
	assert_contains(
	        why.text, "seals: is not the list that checkpoint 000000000005");
	assert_int_equal(receipt_find(*state, older.digits, name, &found, &why), OK);
	assert_int_equal(receipt_request(*state, path, sizeof path, &why), MALFORMED);
	assert_int_equal(file_replace(in_folder(*state, "seals"), seals, 9, 0644), OK);
	free(seals);
	assert_int_equal(checkpoint_newest(*state, &mark, &why), MALFORMED);
	assert_string_equal(mark.digits, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ARCHIVE(
		        a_witness_cosigns_what_grew_and_refuses_what_was_rewritten),
		WITH_ARCHIVE(a_time_stamp_is_asked_for_kept_and_checked),
		WITH_ARCHIVE(the_name_of_an_authority_is_the_one_that_was_signed),
		WITH_ARCHIVE(one_whose_signature_does_not_hold_is_no_receipt),
		WITH_ARCHIVE(one_under_the_name_of_another_is_not_the_newest),
		WITH_ARCHIVE(without_the_acts_no_checkpoint_holds),
		WITH_ARCHIVE(a_list_that_was_changed_has_no_receipt),
		WITH_ARCHIVE(a_list_that_was_signed_is_not_called_unsigned),
	};
	return cmocka_run_group_tests_name("checkpoint receipts", tests, NULL, NULL);
}
