/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quantrac keys new|admit|list|revoke: who may send to a collector; rotate, and these with
 * --sign: the keys that sign. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/keys_sign.h"
#include "collector/keys.h"

enum { OPTION_AGENTS = 0x200, OPTION_INTO, OPTION_SIGN, OPTION_KEY, OPTION_FROM };

struct keys_options {
	const char *agents, *into, *key, *from;
	bool sign;
};

static const struct argp_option options[] = {
	{ "agents", OPTION_AGENTS, "DIR", 0,
	        "the collector's folder of admitted keys (" KEYS_AGENTS ")", 0 },
	{ "into", OPTION_INTO, "DIR", 0, "where a new pair is laid (" KEYS_OWN ")", 0 },
	{ "sign", OPTION_SIGN, NULL, 0,
	        "of the keys that sign an archive's checkpoints, and of witnesses", 0 },
	{ "key", OPTION_KEY, "FILE", 0, "--sign: the secret key that signs now", 0 },
	{ "from", OPTION_FROM, "N", 0, "--sign revoke: seals the key may have signed",
	        0 },
	{ 0 },
};

static error_t parse(int key, char *word, struct argp_state *state)
{
	struct keys_options *keys = state->input;
	switch (key) {
	case OPTION_AGENTS:
		keys->agents = word;
		return 0;
	case OPTION_INTO:
		keys->into = word;
		return 0;
	case OPTION_SIGN:
		keys->sign = true;
		return 0;
	case OPTION_KEY:
		keys->key = word;
		return 0;
	case OPTION_FROM:
		keys->from = word;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "new NAME\nadmit STATION KEY|FILE\nlist\nrevoke STATION\n"
	            "new NAME --sign\nrotate FILE --sign\nrevoke NAME --sign --from N\n"
	            "admit WITNESS FILE --sign\nlist --sign",
	.doc = "Make key pairs, and say which stations a collector hears.  The secret "
	       "key never leaves the machine it was made on; the public one is what "
	       "`admit` takes.",
};

static int run_new(
        const struct common *common, const struct keys_options *keys, const char *name)
{
	char public_key[KEY_TEXT];
	struct problem why;
	if (keys_new(keys->into, name, public_key, &why) != OK)
		return common_fail("keys new", &why);
	printf("%s\n", public_key);
	if (!common->quiet)
		fprintf(stderr,
		        "%s/%s.secret is the secret key: it stays on this machine\n"
		        "if it is a cabinet's, on the collector: quantrac keys admit "
		        "%s "
		        "'%s'\n"
		        "if it is the collector's, %s/%s.pub is the server_key of "
		        "every "
		        "cabinet\n",
		        keys->into, name, name, public_key, keys->into, name);
	return 0;
}

static int run_admit(const struct common *common, const struct keys_options *keys,
        const char *station, const char *key)
{
	struct problem why;
	if (keys_admit(keys->agents, station, key, &why) != OK)
		return common_fail("keys admit", &why);
	if (!common->quiet)
		fprintf(stderr,
		        "%s is admitted; a running collector hears it within two "
		        "seconds\n",
		        station);
	return 0;
}

static int run_list(const struct common *common, const struct keys_options *keys)
{
	static const struct table_column columns[] = {
		{ .name = "station" },
		{ .name = "state" },
		{ .name = "since" },
		{ .name = "key" },
		{ 0 },
	};
	struct key_entry *entry;
	struct problem why;
	int n = keys_list(keys->agents, &entry, &why);
	if (n < 0)
		return common_fail("keys list", &why);
	struct table *table = table_new(
	        stdout, (enum table_format)common->format, columns, OFFSET_VIETNAM);
	for (int i = 0; i < n; i++) {
		table_text(table, entry[i].station);
		table_text(table, entry[i].revoked          ? "revoked"
		                  : entry[i].key[0] == '\0' ? "damaged"
		                                            : "admitted");
		table_time(table, entry[i].since_us);
		table_text(table, entry[i].key);
		table_row(table);
	}
	free(entry);
	return table_end(table) == OK ? 0 : EXIT_INTERNAL;
}

static int run_revoke(const struct common *common, const struct keys_options *keys,
        const char *station)
{
	struct problem why;
	if (keys_revoke(keys->agents, station, common_now(), &why) != OK)
		return common_fail("keys revoke", &why);
	if (!common->quiet)
		fprintf(stderr,
		        "%s is revoked; a running collector stops hearing it within "
		        "two seconds\n",
		        station);
	return 0;
}

/* The same verbs, of the keys that sign. */
static int run_sign(const struct common *common, const struct keys_options *keys,
        char **word, int n)
{
	struct keys_sign sign = { .common = common,
		.into = keys->into,
		.key = keys->key,
		.from = keys->from };
	const char *verb = n > 0 ? word[0] : "";
	if (strcmp(verb, "new") == 0 && n == 2)
		return keys_sign_new(&sign, word[1]);
	if (strcmp(verb, "rotate") == 0 && n == 2)
		return keys_sign_rotate(&sign, word[1]);
	if (strcmp(verb, "revoke") == 0 && n == 2)
		return keys_sign_revoke(&sign, word[1]);
	if (strcmp(verb, "admit") == 0 && n == 3)
		return keys_sign_admit(&sign, word[1], word[2]);
	if (strcmp(verb, "list") == 0 && n == 1)
		return keys_sign_list(&sign);
	fputs("quantrac keys --sign: write one of: keys new NAME --sign, keys rotate "
	      "SECRET --sign, keys revoke NAME --sign --from N, keys admit WITNESS PEM "
	      "--sign, keys list --sign\n",
	        stderr);
	return EXIT_USAGE;
}

int command_keys(int argc, char **argv)
{
	struct common common;
	struct keys_options keys = { .agents = KEYS_AGENTS, .into = KEYS_OWN };
	int first = common_parse(&common, &argp, &keys, argc, argv);
	int n = argc - first - 1;
	const char *verb = first < argc ? argv[first] : "";
	if (keys.sign)
		return run_sign(&common, &keys, argv + first, argc - first);
	if (strcmp(verb, "new") == 0 && n == 1)
		return run_new(&common, &keys, argv[first + 1]);
	if (strcmp(verb, "admit") == 0 && n == 2)
		return run_admit(&common, &keys, argv[first + 1], argv[first + 2]);
	if (strcmp(verb, "list") == 0 && n == 0)
		return run_list(&common, &keys);
	if (strcmp(verb, "revoke") == 0 && n == 1)
		return run_revoke(&common, &keys, argv[first + 1]);
	fputs("quantrac keys: write one of: keys new NAME, keys admit STATION KEY, "
	      "keys list, keys revoke STATION; of the keys that sign: keys new NAME "
	      "--sign, keys rotate SECRET --sign, keys revoke NAME --sign --from N, "
	      "keys admit WITNESS PEM --sign, keys list --sign\n",
	        stderr);
	return EXIT_USAGE;
}
