/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's program hands over what it has no code for. */
#ifndef CLI_OFFICE_EXEC_H
#define CLI_OFFICE_EXEC_H

/* Become quantrac-office: the one beside this program, else in the PATH.  Comes back
 * only if there is none; errno tells why. */
void office_exec(char **argv);

/* "is not a command of the cabinet, and quantrac-office is not installed"; its exit
 * code. */
int office_missing(const char *command);

#endif
