/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/sha256.h"

/* FIPS 180-4 and NIST's "Secure Hash Standard (SHS)" examples: SHA256.pdf; the empty one and the
 * million are of the SHAVS files. */
static void the_examples_of_the_standard_come_out(void **state)
{
	static char million[1000000];
	memset(million, 'a', sizeof million);
	const struct {
		const char *in;
		size_t n;
		const char *hash;
	} known[] = {
		{ "abc", 3,
		        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015"
		        "ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
		        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06"
		        "c1" },
		{ "", 0,
		        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8"
		        "55" },
		{ million, sizeof million,
		        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112c"
		        "d0" },
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		uint8_t out[SHA256_SIZE];
		char text[DIGEST_HEX];
		sha256_of(known[i].in, known[i].n, out);
		digest_print(out, text);
		assert_string_equal(text, known[i].hash);
	}
}

/* Lengths around every end of a block and of its padding. */
static void every_length_gives_what_openssl_gives(void **state)
{
	uint8_t in[1100], ours[SHA256_SIZE], theirs[DIGEST_SIZE];
	srand(4);
	for (size_t i = 0; i < sizeof in; i++)
		in[i] = (uint8_t)rand();
	for (size_t n = 0; n <= sizeof in; n++) {
		sha256_of(in, n, ours);
		digest_of(in, n, theirs);
		assert_memory_equal(ours, theirs, DIGEST_SIZE);
	}
}

static void every_flipped_bit_changes_it(void **state)
{
	uint8_t in[200] = { 0 }, good[SHA256_SIZE], other[SHA256_SIZE];
	sha256_of(in, sizeof in, good);
	sha256_of(in, sizeof in, other);
	assert_memory_equal(good, other, sizeof good);
	for (size_t bit = 0; bit < 8 * sizeof in; bit++) {
		in[bit / 8] ^= (uint8_t)(1u << bit % 8);
		sha256_of(in, sizeof in, other);
		assert_memory_not_equal(good, other, sizeof good);
		in[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_standard_come_out),
		cmocka_unit_test(every_length_gives_what_openssl_gives),
		cmocka_unit_test(every_flipped_bit_changes_it),
	};
	return cmocka_run_group_tests_name("sha256", tests, NULL, NULL);
}
