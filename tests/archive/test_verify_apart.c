/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The child that reads a stranger's file: what is said of its death, and what is taken of
 * its words.  What it does is set here in place of the reading. */
#include "tests/kits/check.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/rewritten.h"
#include "archive/verify_inside.h"
#include "base/confine.h"

static struct {
	int dies_of, leaves_with; /* a signal; or an exit code */
	bool answers;
	struct finding says;
} child;

/* Not confined: it ends as it is told to. */
int confine_self(const struct confinement *confinement)
{
	return dup2(confinement->answer, 0) == 0 ? OK : FAILED;
}

void verify_file(
        const struct verify_image *image, struct h5 *again, struct finding *finding)
{
	if (child.dies_of != 0) {
		signal(child.dies_of, SIG_DFL);
		raise(child.dies_of);
	}
	if (!child.answers)
		_exit(child.leaves_with);
	*finding = child.says;
}

static struct finding look(void)
{
	static const uint8_t bytes[96];
	const struct seal seal = { .records = 1 };
	const struct archive_identity identity = { .zone = "kcn-mau" };
	const struct verify_image image = { .bytes = bytes,
		.n = sizeof bytes,
		.same = true,
		.seal = &seal,
		.identity = &identity };
	struct finding finding = { .verdict = VERDICT_OK };
	struct rewritten again = { 0 };
	verify_image_look(&image, &finding, &again);
	rewritten_free(&again);
	return finding;
}

static void a_child_that_ends_without_a_word_is_damage_and_its_death_is_told(
        void **state)
{
	static const struct {
		int dies_of, leaves_with;
		const char *told;
	} cases[] = {
		{ SIGSYS, 0, "reaches for something outside the file" },
		{ SIGXCPU, 0, "does not come back from reading it" },
		{ SIGKILL, 0, "does not come back from reading it" },
		{ SIGTERM, 0, "fails on reading it (Terminated)" },
		{ 0, EXIT_CONFIG, "this machine cannot confine the process" },
		{ 0, EXIT_CONFIG + 1, "fails on reading it (no answer)" },
		{ 0, 0, "fails on reading it (no answer)" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		child.dies_of = cases[i].dies_of;
		child.leaves_with = cases[i].leaves_with;
		struct finding finding = look();
		assert_int_equal(finding.verdict, VERDICT_DAMAGED);
		assert_contains(finding.text, cases[i].told);
	}
	child.dies_of = child.leaves_with = 0;
}

static struct finding hear(int verdict, const char *text)
{
	child.answers = true;
	child.says = (struct finding){ .verdict = (enum verdict)verdict };
	strcpy(child.says.text, text);
	struct finding finding = look();
	child.answers = false;
	return finding;
}

static void what_it_says_is_words_and_a_verdict_and_nothing_else(void **state)
{
	struct finding finding = hear(VERDICT_OK, "");
	assert_int_equal(finding.verdict, VERDICT_OK);
	assert_string_equal(finding.text, "");
	finding = hear(VERDICT_REWRITTEN, "a\x1b[2Jb\x7f\xff c tr\xe1\xba\xa1m");
	assert_int_equal(finding.verdict, VERDICT_REWRITTEN);
	assert_string_equal(finding.text, "a?[2Jb?? c tr\xe1\xba\xa1m");
	assert_int_equal(hear(VERDICT_DAMAGED + 1, "x").verdict, VERDICT_DAMAGED);
	assert_int_equal(hear(VERDICT_DAMAGED, "x").verdict, VERDICT_DAMAGED);
}

static void words_without_an_end_are_ended(void **state)
{
	child.answers = true;
	memset(child.says.text, 'x', sizeof child.says.text);
	struct finding finding = look();
	child.answers = false;
	assert_int_equal(
	        strnlen(finding.text, sizeof finding.text), sizeof finding.text - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		        a_child_that_ends_without_a_word_is_damage_and_its_death_is_told),
		cmocka_unit_test(what_it_says_is_words_and_a_verdict_and_nothing_else),
		cmocka_unit_test(words_without_an_end_are_ended),
	};
	return cmocka_run_group_tests_name("verify, apart", tests, NULL, NULL);
}
