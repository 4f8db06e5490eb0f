/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

const char *status_text(int status)
{
	static const char *const word[] = {
		[-TIMED_OUT] = "timed out",
		[-HUNG_UP] = "hung up",
		[-REFUSED] = "refused",
		[-MALFORMED] = "malformed",
		[-FULL] = "no room",
		[-FAILED] = "failed",
		[-NOT_FOUND] = "not found",
	};
	if (status >= 0)
		return "ok";
	return status >= NOT_FOUND ? word[-status] : "?";
}

int problem_set(
        struct problem *problem, int status, int exit_code, const char *format, ...)
{
	if (problem == NULL)
		return status;
	va_list args;
	va_start(args, format);
	vsnprintf(problem->text, sizeof problem->text, format, args);
	va_end(args);
	problem->exit = exit_code;
	return status;
}
