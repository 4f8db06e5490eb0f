/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is at the door, and who has to go. */
#include "tests/kits/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/guests.h"

#define SECOND INT64_C(1000000)

static uint64_t origin(const char *text)
{
	struct sockaddr_storage address = { .ss_family = AF_INET };
	struct sockaddr_in *v4 = (void *)&address;
	struct sockaddr_in6 *v6 = (void *)&address;
	if (inet_pton(AF_INET, text, &v4->sin_addr) != 1) {
		address.ss_family = AF_INET6;
		assert_int_equal(inet_pton(AF_INET6, text, &v6->sin6_addr), 1);
	}
	return guests_origin(&address);
}

static void an_address_counts_as_one_and_a_network_of_64_bits_too(void **state)
{
	assert_true(origin("192.0.2.7") != origin("192.0.2.8"));
	assert_true(origin("192.0.2.7") == origin("::ffff:192.0.2.7"));
	assert_true(origin("2001:db8::7") == origin("2001:db8::8:1"));
	assert_true(origin("2001:db8::7") != origin("2001:db8:0:1::7"));
	assert_true(origin("::1") != 0 && origin("127.0.0.1") != 0);
	struct sockaddr_storage local = { .ss_family = AF_UNIX };
	assert_true(guests_origin(&local) == 0);
}

static void the_newest_of_an_address_goes_when_there_are_more_than_its_share(
        void **state)
{
	struct guests guests = { .room = 0 };
	for (int fd = 5; fd < 8; fd++)
		assert_int_equal(guests_came(&guests, fd, 1, 3, 0), -1);
	assert_int_equal(guests_came(&guests, 300, 1, 3, 0), 300);
	assert_int_equal(guests_came(&guests, 8, 2, 3, 0), -1);
	/* one that went makes room, and a number is another's afterwards */
	guests_went(&guests, 300);
	guests_went(&guests, 6);
	assert_null(guests_of(&guests, 6));
	assert_int_equal(guests_came(&guests, 6, 1, 3, 0), -1);
	assert_int_equal(guests_came(&guests, 6, 2, 3, 0), -1);
	assert_int_equal(guests_came(&guests, 300, 1, 3, 0), -1);
	/* of those whose address is not known nobody can be told apart */
	for (int fd = 10; fd < 20; fd++)
		assert_int_equal(guests_came(&guests, fd, 0, 3, 0), -1);
	assert_int_equal(guests_came(&guests, -1, 1, 0, 0), -1);
	guests_free(&guests);
}

static void the_connection_of_a_key_that_was_not_heard_for_longest_goes(void **state)
{
	struct guests guests = { .room = 0 };
	for (int fd = 0; fd <= SERVER_A_KEY; fd++)
		guests_came(&guests, fd, 1, 100, 0);
	for (int fd = 0; fd < SERVER_A_KEY; fd++)
		assert_int_equal(guests_heard(&guests, fd, "key", fd), -1);
	assert_int_equal(guests_heard(&guests, 0, "key", 100), -1);
	assert_int_equal(guests_heard(&guests, SERVER_A_KEY, "key", 101), 1);
	guests_went(&guests, 1);
	/* another key has its own */
	guests_came(&guests, 1, 1, 100, 0);
	assert_int_equal(guests_heard(&guests, 1, "new", 102), -1);
	assert_string_equal(guests_of(&guests, 1)->key, "new");
	/* of a connection that is not known nothing is kept */
	assert_int_equal(guests_heard(&guests, 50, "key", 102), -1);
	assert_int_equal(guests_heard(&guests, 5000, "key", 102), -1);
	assert_int_equal(guests_heard(&guests, -1, "key", 102), -1);
	guests_free(&guests);
}

static void who_says_nothing_for_half_a_minute_is_silent(void **state)
{
	struct guests guests = { .room = 0 };
	guests_came(&guests, 3, 1, 100, SECOND);
	const struct guest *guest = guests_of(&guests, 3);
	assert_string_equal(guest->key, "");
	assert_false(guest_is_silent(guest, 31 * SECOND));
	assert_true(guest_is_silent(guest, 31 * SECOND + 1));
	guests_heard(&guests, 3, "key", 31 * SECOND);
	assert_string_equal(guest->key, "key");
	assert_false(guest_is_silent(guest, 61 * SECOND));
	assert_true(guest_is_silent(guest, 61 * SECOND + 1));
	guests_went(&guests, 3);
	assert_false(guest_is_silent(guest, 61 * SECOND + 1));
	guests_free(&guests);
}

static void who_does_not_wait_for_answers_floods(void **state)
{
	struct guests guests = { .room = 0 };
	guests_came(&guests, 3, 1, 100, SECOND);
	for (int i = 0; i < 5; i++)
		assert_false(guests_floods(&guests, 3, 5, 2 * SECOND));
	assert_true(guests_floods(&guests, 3, 5, 3 * SECOND));
	guests_acknowledged(&guests, 3);
	for (int i = 0; i < 5; i++)
		assert_false(guests_floods(&guests, 3, 5, 3 * SECOND));
	/* a second later it counts anew */
	assert_false(guests_floods(&guests, 3, 5, 3 * SECOND + 1));
	assert_false(guests_floods(&guests, 4, 0, SECOND));
	guests_acknowledged(&guests, 4);
	guests_free(&guests);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_counts_as_one_and_a_network_of_64_bits_too),
		cmocka_unit_test(
		        the_newest_of_an_address_goes_when_there_are_more_than_its_share),
		cmocka_unit_test(
		        the_connection_of_a_key_that_was_not_heard_for_longest_goes),
		cmocka_unit_test(who_does_not_wait_for_answers_floods),
		cmocka_unit_test(who_says_nothing_for_half_a_minute_is_silent),
	};
	return cmocka_run_group_tests_name("guests", tests, NULL, NULL);
}
