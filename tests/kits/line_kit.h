/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines for the technician's tools to meet: a simulator, or a pseudo-terminal in a child
 * process that speaks and listens as a test wants; and what the real program says. */
#ifndef TESTS_LINE_KIT_H
#define TESTS_LINE_KIT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Start the real `quantrac simulate` with <folder>/scenario.yaml; links lie in
 * <folder>/run.  Waits for `link` (a path, or NULL: a TCP port that is listened on). */
pid_t line_simulate(const char *folder, const char *link, int tcp_port);

/* A pseudo-terminal linked as <folder>/run/<name>, whose other end `talk` has in a child
 * until it returns; what the child hears it writes itself, with line_heard. */
pid_t line_begin(const char *folder, const char *name,
        void (*talk)(const char *folder, int master));

/* Append to <folder>/heard, from the child; read it back, its size. */
void line_note(const char *folder, const uint8_t *in, size_t n);
size_t line_heard(const char *folder, uint8_t *out, size_t room);

/* Bytes that have come within so many ms; 0: none. */
size_t line_read(int master, uint8_t *out, size_t room, int ms);

/* End a child by its id. */
void line_end(pid_t child);

/* What `quantrac <words>` (run in the folder) says on both outputs; its exit code must be
 * this one.  The caller frees. */
char *line_said(const char *folder, const char *words, int code);
/* The same, looked through for a part. */
void line_says(const char *folder, const char *words, int code, const char *part);

#endif
