/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every test needs: cmocka (with what it wants before it), scratch folders, real
 * data. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* |got - want| <= tolerance * max(1, |want|); prints both in full when not. */
#define assert_close(got, want, tolerance)                                             \
	check_close((got), (want), (tolerance), __FILE__, __LINE__)
void check_close(double got, double want, double tolerance, const char *file, int line);

/* Texts contain one another; prints both when not. */
#define assert_contains(text, part) check_contains((text), (part), __FILE__, __LINE__)
void check_contains(const char *text, const char *part, const char *file, int line);
/* How often one stands in the other. */
size_t times_in(const char *text, const char *part);

/* cmocka fixtures: *state becomes the path of a fresh folder (char *), removed
 * afterwards with all it holds, also when the test failed. */
int scratch_make(void **state);
int scratch_remove(void **state);

/* A path below a scratch folder; a ring of eight buffers. */
const char *in_folder(const char *folder, const char *name);

/* Folder of real measurements ($QUANTRAC_DATA, else ../shared/data beside the project);
 * NULL, and the word SKIPPED on stdout, if it is not there. */
const char *data_folder(const char *name);

/* A path of the project, for captures, rule files and programs.  $QUANTRAC_PROGRAMS ("build/tsan/") names
 * other builds than build/san/. */
const char *project_file(const char *name);

/* Seeded chance (xorshift64*): the seed is printed when a test fails. */
uint64_t chance(uint64_t *seed);

/* Whole text of a stream made by open_memstream style captures: runs a command, returns
 * its stdout (caller frees) and exit code. */
char *run_command(int *exit_code, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

#endif
