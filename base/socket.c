/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys, key files, and what both ends of the link have in common. */
#include "base/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "base/folder.h"
#include "base/socket_parts.h"

int key_pair_new(struct key_pair *pair)
{
	do
		if (zmq_curve_keypair(pair->public_key, pair->secret_key) != 0)
			return FAILED;
	while (pair->public_key[0] == '-');
	return OK;
}

int key_bytes(const char *key, uint8_t out[KEY_BYTES])
{
	bool whole = strlen(key) == KEY_TEXT - 1;
	return whole && zmq_z85_decode(out, key) != NULL ? OK : MALFORMED;
}

int key_valid(const char *key)
{
	uint8_t bytes[KEY_BYTES];
	return key_bytes(key, bytes) == OK;
}

int key_pair_complete(struct key_pair *pair)
{
	if (!key_valid(pair->secret_key))
		return MALFORMED;
	return zmq_curve_public(pair->public_key, pair->secret_key) == 0 ? OK
	                                                                 : MALFORMED;
}

static int key_write_problem(struct problem *why, const char *path)
{
	if (errno == EEXIST)
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "%s: is there already and is not replaced; move it away to "
		        "make a new key",
		        path);
	return problem_set(why, FAILED, EXIT_CONFIG, "%s: cannot write the key: %s",
	        path, strerror(errno));
}

/* The line into a new file; OK, or FAILED with errno. */
static int line_store(const char *path, const char *line, int secret)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	ssize_t n = (ssize_t)strlen(line);
	int fd = open(path, flags, secret ? 0400 : 0444);
	if (fd < 0)
		return FAILED;
	errno = ENOSPC; /* of a write that is short */
	bool wrong = write(fd, line, (size_t)n) != n || fsync(fd) != 0;
	int saved = errno;
	wrong |= close(fd) != 0;
	errno = saved;
	return wrong ? FAILED : OK;
}

/* Written beside and given its name when it is whole: a collector that looks into its folder of agents, and a
 * power cut, find all of it or nothing. */
int key_write(const char *path, const char *key, int secret, struct problem *why)
{
	char line[KEY_TEXT + 1], beside[4096], folder[4096];
	snprintf(line, sizeof line, "%s\n", key);
	int length =
	        snprintf(beside, sizeof beside, "%s.%ld.tmp", path, (long)getpid());
	errno = ENAMETOOLONG;
	if (length < 0 || (size_t)length >= sizeof beside)
		return key_write_problem(why, path);
	unlink(beside);
	int status = line_store(beside, line, secret);
	explicit_bzero(line, sizeof line);
	if (status == OK && link(beside, path) != 0)
		status = FAILED;
	if (status != OK)
		status = key_write_problem(why, path);
	unlink(beside);
	if (status != OK)
		return status;
	snprintf(folder, sizeof folder, "%s", path);
	char *slash = strrchr(folder, '/');
	if (slash != NULL)
		*slash = '\0';
	folder_sync(slash == NULL ? "." : slash == folder ? "/" : folder);
	return OK;
}

/* Only the owner may read a secret. */
static int secret_check(int fd, const char *path, struct problem *why)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return problem_set(
		        why, FAILED, EXIT_CONFIG, "%s: %s", path, strerror(errno));
	if ((st.st_mode & 077) != 0)
		return problem_set(why, REFUSED, EXIT_CONFIG,
		        "%s: others may read this secret key (mode %03o); run: chmod "
		        "0400 %s",
		        path, st.st_mode & 0777u, path);
	return OK;
}

/* Up to n bytes of a file that may come in pieces; count, or -1. */
static ssize_t read_pieces(int fd, char *out, size_t n)
{
	size_t done = 0;
	while (done < n) {
		ssize_t got = read(fd, out + done, n - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

int key_read(const char *path, char key[KEY_TEXT], int secret, struct problem *why)
{
	char line[KEY_TEXT + 8] = "";
	int fd = file_open_regular(AT_FDCWD, path, 0);
	if (fd < 0)
		return problem_set(why, errno == ENOENT ? NOT_FOUND : FAILED,
		        EXIT_CONFIG, "%s: cannot read the key: %s; %s", path,
		        file_reason(errno),
		        secret ? "`quantrac keys new` makes one"
		               : "copy the .pub here from the machine whose key it is "
		                 "(`quantrac keys new` made it there)");
	int status = secret ? secret_check(fd, path, why) : OK;
	ssize_t n = status == OK ? read_pieces(fd, line, sizeof line - 1) : 0;
	int saved = errno;
	close(fd);
	if (status != OK)
		return status;
	if (n < 0)
		return problem_set(why, FAILED, EXIT_CONFIG,
		        "%s: cannot read the key: %s", path, file_reason(saved));
	line[n] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if (!key_valid(line))
		return problem_set(why, MALFORMED, EXIT_CONFIG,
		        "%s: this is no key: one line of 40 characters (Z85) is "
		        "expected",
		        path);
	memcpy(key, line, KEY_TEXT);
	explicit_bzero(line, sizeof line);
	return OK;
}

int socket_set_numbers(void *socket, const struct socket_number *number, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (zmq_setsockopt(socket, number[i].option, &number[i].value,
		            sizeof number[i].value) != 0)
			return FAILED;
	return OK;
}

int socket_set_most(void *socket, int64_t most)
{
	return zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &most, sizeof most) == 0 ? OK
	                                                                       : FAILED;
}

int socket_set_text(void *socket, int option, const char *text)
{
	return zmq_setsockopt(socket, option, text, strlen(text)) == 0 ? OK : FAILED;
}

int socket_descriptor(void *socket)
{
	int fd;
	size_t n = sizeof fd;
	return zmq_getsockopt(socket, ZMQ_FD, &fd, &n) == 0 ? fd : FAILED;
}

int endpoint_check(const char *endpoint, struct problem *why)
{
	const char *colon = endpoint != NULL ? strrchr(endpoint, ':') : NULL;
	size_t digits = colon != NULL ? strspn(colon + 1, "0123456789") : 0;
	bool port = digits > 0 ? colon[1 + digits] == '\0' && atol(colon + 1) <= 65535
	                       : colon != NULL && strcmp(colon, ":*") == 0;
	if (port && strncmp(endpoint, "tcp://", 6) == 0 && colon > endpoint + 6 &&
	        strlen(endpoint) < ENDPOINT)
		return OK;
	return problem_set(why, REFUSED, EXIT_CONFIG,
	        "'%s' is no address of a collector; write tcp://ADDRESS:PORT, for "
	        "example "
	        "tcp://192.0.2.7:5710",
	        endpoint != NULL ? endpoint : "");
}

int socket_problem(struct problem *why, const char *what, const char *endpoint)
{
	return problem_set(why, FAILED, EXIT_CONFIG, "%s %s: %s", what, endpoint,
	        zmq_strerror(zmq_errno()));
}
