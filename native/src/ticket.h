// Work that an isolate hands to another thread. The isolate may end before the
// work begins, and the work may then never begin, or begin later. So the work
// gets a number for its reference, in place of a pointer: the first of the two
// to come takes the reference.

#ifndef IREE_FFI_TICKET_H_
#define IREE_FFI_TICKET_H_

#include "thread_state.h"

// Drops the reference of work that never begins.
typedef void (*iree_ffi_ticket_drop_fn_t)(void* object);

// Keeps one reference to |object| for work, and returns its number. Drops it,
// fails and returns 0 if out of memory.
uint32_t iree_ffi_ticket_issue(void* object, iree_ffi_ticket_drop_fn_t drop);

// Returns the reference to the work that begins; NULL if its isolate has ended.
void* iree_ffi_ticket_redeem(uint32_t number);

// Drops the references of work that a thread's isolate handed out and that has
// not begun.
void iree_ffi_tickets_drop(const iree_ffi_thread_t* thread);

#endif  // IREE_FFI_TICKET_H_
