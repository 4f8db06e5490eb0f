/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Preloaded into a program, answers in the kernel's place whether its clock is synchronised: the file that
 * $QUANTRAC_SYNC names holds "1" or "0".  libfaketime moves the clock but not this.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <unistd.h>

int adjtimex(struct timex *timex)
{
	const char *path = getenv("QUANTRAC_SYNC");
	char word = '0';
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd >= 0 && read(fd, &word, 1) != 1)
		word = '0';
	if (fd >= 0)
		close(fd);
	memset(timex, 0, sizeof *timex);
	timex->status = word == '1' ? STA_PLL : STA_UNSYNC;
	return word == '1' ? TIME_OK : TIME_ERROR;
}
