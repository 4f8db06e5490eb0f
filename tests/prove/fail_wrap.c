/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What quantrac's own objects call instead of the allocator and of libzmq (ld --wrap):
 * the call fails when the plan says so. */
#include "tests/prove/fail_wrap.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <zmq.h>

struct fail_plan *fail_plan_used;

static const int memory[] = { ENOMEM, 0 };

static bool no_memory(const char *name)
{
	if (fail_now(fail_plan_used, FAIL_MEMORY, name, memory) == 0)
		return false;
	errno = ENOMEM;
	return true;
}

static bool no_socket(const char *name, const int *errors)
{
	int error = fail_now(fail_plan_used, FAIL_SOCKET, name, errors);
	if (error == 0)
		return false;
	errno = error;
	return true;
}

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_malloc(size_t n)
{
	return no_memory("malloc") ? NULL : __real_malloc(n);
}

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
	return no_memory("calloc") ? NULL : __real_calloc(n, size);
}

void *__real_realloc(void *old, size_t n);
void *__wrap_realloc(void *old, size_t n);
void *__wrap_realloc(void *old, size_t n)
{
	return no_memory("realloc") ? NULL : __real_realloc(old, n);
}

void *__real_aligned_alloc(size_t to, size_t n);
void *__wrap_aligned_alloc(size_t to, size_t n);
void *__wrap_aligned_alloc(size_t to, size_t n)
{
	return no_memory("aligned_alloc") ? NULL : __real_aligned_alloc(to, n);
}

void *__real_mmap(void *at, size_t n, int access, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t n, int access, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t n, int access, int flags, int fd, off_t offset)
{
	return no_memory("mmap") ? MAP_FAILED
	                         : __real_mmap(at, n, access, flags, fd, offset);
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
	return no_memory("strdup") ? NULL : __real_strdup(text);
}

char *__real_strndup(const char *text, size_t n);
char *__wrap_strndup(const char *text, size_t n);
char *__wrap_strndup(const char *text, size_t n)
{
	return no_memory("strndup") ? NULL : __real_strndup(text, n);
}

FILE *__real_open_memstream(char **text, size_t *n);
FILE *__wrap_open_memstream(char **text, size_t *n);
FILE *__wrap_open_memstream(char **text, size_t *n)
{
	return no_memory("open_memstream") ? NULL : __real_open_memstream(text, n);
}

/* ---- sockets ---- */

static const int opening[] = { EMFILE, ENOMEM, 0 };
static const int setting[] = { EINVAL, 0 };
static const int sending[] = { EAGAIN, EHOSTUNREACH, 0 };
static const int receiving[] = { EAGAIN, EINTR, 0 };

void *__real_zmq_ctx_new(void);
void *__wrap_zmq_ctx_new(void);
void *__wrap_zmq_ctx_new(void)
{
	return no_socket("zmq_ctx_new", opening) ? NULL : __real_zmq_ctx_new();
}

void *__real_zmq_socket(void *context, int type);
void *__wrap_zmq_socket(void *context, int type);
void *__wrap_zmq_socket(void *context, int type)
{
	return no_socket("zmq_socket", opening) ? NULL
	                                        : __real_zmq_socket(context, type);
}

int __real_zmq_bind(void *socket, const char *address);
int __wrap_zmq_bind(void *socket, const char *address);
int __wrap_zmq_bind(void *socket, const char *address)
{
	static const int errors[] = { EADDRINUSE, EADDRNOTAVAIL, 0 };
	return no_socket("zmq_bind", errors) ? -1 : __real_zmq_bind(socket, address);
}

int __real_zmq_connect(void *socket, const char *address);
int __wrap_zmq_connect(void *socket, const char *address);
int __wrap_zmq_connect(void *socket, const char *address)
{
	return no_socket("zmq_connect", setting) ? -1
	                                         : __real_zmq_connect(socket, address);
}

int __real_zmq_socket_monitor(void *socket, const char *address, int events);
int __wrap_zmq_socket_monitor(void *socket, const char *address, int events);
int __wrap_zmq_socket_monitor(void *socket, const char *address, int events)
{
	if (address != NULL && no_socket("zmq_socket_monitor", setting))
		return -1;
	return __real_zmq_socket_monitor(socket, address, events);
}

int __real_zmq_setsockopt(void *socket, int option, const void *in, size_t n);
int __wrap_zmq_setsockopt(void *socket, int option, const void *in, size_t n);
int __wrap_zmq_setsockopt(void *socket, int option, const void *in, size_t n)
{
	return no_socket("zmq_setsockopt", setting)
	               ? -1
	               : __real_zmq_setsockopt(socket, option, in, n);
}

int __real_zmq_getsockopt(void *socket, int option, void *out, size_t *n);
int __wrap_zmq_getsockopt(void *socket, int option, void *out, size_t *n);
int __wrap_zmq_getsockopt(void *socket, int option, void *out, size_t *n)
{
	return no_socket("zmq_getsockopt", setting)
	               ? -1
	               : __real_zmq_getsockopt(socket, option, out, n);
}

/* The second frame of a message is always taken with the first: no point of its own. */
int __real_zmq_send(void *socket, const void *in, size_t n, int flags);
int __wrap_zmq_send(void *socket, const void *in, size_t n, int flags);
int __wrap_zmq_send(void *socket, const void *in, size_t n, int flags)
{
	static _Thread_local bool more;
	if (!more && no_socket("zmq_send", sending))
		return -1;
	int put = __real_zmq_send(socket, in, n, flags);
	more = put >= 0 && (flags & ZMQ_SNDMORE) != 0;
	return put;
}

int __real_zmq_recv(void *socket, void *out, size_t n, int flags);
int __wrap_zmq_recv(void *socket, void *out, size_t n, int flags);
int __wrap_zmq_recv(void *socket, void *out, size_t n, int flags)
{
	return no_socket("zmq_recv", receiving)
	               ? -1
	               : __real_zmq_recv(socket, out, n, flags);
}

int __real_zmq_msg_recv(zmq_msg_t *message, void *socket, int flags);
int __wrap_zmq_msg_recv(zmq_msg_t *message, void *socket, int flags);
int __wrap_zmq_msg_recv(zmq_msg_t *message, void *socket, int flags)
{
	return no_socket("zmq_msg_recv", receiving)
	               ? -1
	               : __real_zmq_msg_recv(message, socket, flags);
}

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
        void *(*run)(void *), void *with);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
        void *(*run)(void *), void *with);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
        void *(*run)(void *), void *with)
{
	static const int errors[] = { EAGAIN, 0 };
	return no_socket("pthread_create", errors)
	               ? EAGAIN
	               : __real_pthread_create(thread, attributes, run, with);
}
