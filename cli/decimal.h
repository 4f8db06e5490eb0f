/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * People who read Vietnamese read a decimal comma, as on the data sheet and the page; what
 * programs read keeps the point, and so does what an instrument or a file said.
 */
#ifndef CLI_DECIMAL_H
#define CLI_DECIMAL_H

/* In a sentence, "từ 42.5 đến 1.5e-05": every word that is a number gets its comma.  Left as it
 * is: what is no number alone (17:35:54.697, 192.0.2.1, v1.2), and what stands in quotes. */
void decimal_commas(char *text);

#endif
