#ifndef OFFHOOK_TRANSACTION_DESTINATION_INDEX_HPP
#define OFFHOOK_TRANSACTION_DESTINATION_INDEX_HPP

#include <cstddef>
#include <utility>

#include "offhook/core/digest_map.hpp"
#include "offhook/core/slab.hpp"

namespace offhook {

/// A transaction's neighbours in the list of those that share its destination.
template <class T>
struct DestinationLink {
    Handle<T> previous; ///< none at the head of the list
    Handle<T> next;     ///< none at its end
};

/// All transactions of one destination, for when that fails: a list through the transactions
/// themselves (their member `link`), so that joining and leaving are O(1) and allocate nothing.
template <class T>
class DestinationIndex {
public:
    /// Puts the transaction at the head of its destination's list.
    void join(Slab<T>& slab, const Digest& destination, Handle<T> handle) {
        if (heads_.insert(destination, handle)) return;
        Handle<T>& head = *heads_.find(destination);
        slab.find(handle)->link.next = head;
        slab.find(head)->link.previous = handle;
        head = handle;
    }

    /// Takes it out of that list, in which it must be.
    void leave(Slab<T>& slab, const Digest& destination, Handle<T> handle) {
        const DestinationLink<T> link = std::exchange(slab.find(handle)->link, {});
        if (T* const next = slab.find(link.next)) next->link.previous = link.previous;
        if (T* const previous = slab.find(link.previous)) {
            previous->link.next = link.next;
        } else if (link.next) {
            *heads_.find(destination) = link.next;
        } else {
            heads_.erase(destination);
        }
    }

    /// Calls f(handle) for each; f may make that one leave, or end.
    template <class F>
    void for_each(Slab<T>& slab, const Digest& destination, F&& f) {
        const Handle<T>* const head = heads_.find(destination);
        Handle<T> handle = head ? *head : Handle<T>{};
        while (T* const member = slab.find(handle)) {
            const Handle<T> next = member->link.next;
            f(handle);
            handle = next;
        }
    }

    /// The destinations that have members.
    std::size_t size() const { return heads_.size(); }

private:
    DigestMap<Handle<T>> heads_;
};

} // namespace offhook

#endif
