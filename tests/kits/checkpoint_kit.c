/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/checkpoint_kit.h"

#include <stdio.h>
#include <string.h>

#include "base/folder.h"
#include "tests/kits/check.h"

struct signing signing;

void signing_seal(const char *dir, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct seal seal = { .records = 9, .sealed_us = SAMPLE_DAY_US };
		char date[TIME_TEXT];
		date_print(SAMPLE_DAY_US + (int64_t)signing.list.n * US_PER_DAY,
		        OFFSET_VIETNAM, date);
		snprintf(seal.date, sizeof seal.date, "%.10s", date);
		strcpy(seal.station, "bt-outlet");
		strcpy(seal.kind, "day");
		snprintf(seal.path, sizeof seal.path, "kcn-mau/bt-outlet/2026/x_%zu.h5",
		        signing.list.n);
		digest_of(&signing.list.n, sizeof signing.list.n, seal.root);
		digest_of(seal.path, 20, seal.file);
		assert_int_equal(seal_list_append(&signing.list, dir, &seal), OK);
	}
}

void signing_key(const char *dir, const char *name, char path[600])
{
	char public_path[600];
	snprintf(path, 600, "%s/keys/%s.sign.secret", dir, name);
	snprintf(public_path, sizeof public_path, "%s/keys/%s.sign.pub", dir, name);
	folder_make(in_folder(dir, "keys"));
	assert_int_equal(sign_key_new(path, public_path, NULL), OK);
}

int signing_setup(void **state)
{
	struct problem why;
	if (scratch_make(state) != 0)
		return -1;
	signing.list = (struct seal_list){ .n = 0 };
	sample_archive_make(*state);
	archive_identify(*state, &signing.identity, &why);
	signing_key(*state, "archive", signing.key_path);
	signing.checkpoints = (struct checkpoints){
		.dir = *state, .key = signing.key_path, .identity = &signing.identity
	};
	return 0;
}

int signing_teardown(void **state)
{
	checkpoints_end(&signing.checkpoints);
	seal_list_free(&signing.list);
	return scratch_remove(state);
}

void signing_run(int64_t now_us)
{
	struct problem why = { .text = "" };
	if (checkpoints_run(&signing.checkpoints, &signing.list, now_us, false, &why) !=
	        OK)
		fail_msg("%s", why.text);
}

const char *signing_verify(const char *dir, int *bad)
{
	static char text[1 << 16];
	struct problem why = { 0 };
	FILE *out = fmemopen(text, sizeof text, "w");
	*bad = verify_path(dir, out, 0, &why);
	fclose(out);
	return *bad >= 0 ? text : strcpy(text, why.text);
}

void signing_assert(const char *dir, int extra, const char *part)
{
	int bad;
	const char *text = signing_verify(dir, &bad);
	assert_contains(text, part);
	assert_int_equal(bad, (int)signing.list.n + extra); /* the files are MISSING */
}

int signing_act(const char *dir, struct act act, const char *by, const char *fresh)
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
