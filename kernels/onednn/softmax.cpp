#include "kernels/onednn/operations.hpp"
#include "kernels/onednn/primitive.hpp"

// logsoftmax is a primitive of its own up to oneDNN 2.6 and an algorithm of softmax later.
namespace reprise::nn::onednn {
namespace {

template <class Forward>
std::unique_ptr<Primitive> forward(const dnnl::memory::desc& all) {
  const typename Forward::primitive_desc made({dnnl::prop_kind::forward_training, all, 1}, engine());
  return std::make_unique<Primitive>(
      Forward(made), std::initializer_list<Primitive::Argument>{{DNNL_ARG_SRC, all}, {DNNL_ARG_DST, all}});
}

template <class Forward, class Backward>
std::unique_ptr<Primitive> backward(const dnnl::memory::desc& all) {
  const typename Forward::primitive_desc hint({dnnl::prop_kind::forward_training, all, 1}, engine());
  const typename Backward::primitive_desc made({all, all, 1}, engine(), hint);
  return std::make_unique<Primitive>(
      Backward(made), std::initializer_list<Primitive::Argument>{
                          {DNNL_ARG_DST, all}, {DNNL_ARG_DIFF_DST, all}, {DNNL_ARG_DIFF_SRC, all}});
}

}  // namespace

void softmax(const Tensor& x, bool logarithm, Tensor& y) {
  Signature signature("softmax");
  signature.add(x.shape()).add(logarithm);
  auto& primitive = cached<Primitive>(std::move(signature), [&] {
    const auto all = describe_row_major(x.shape(), DataType::f32);
    return logarithm ? forward<dnnl::logsoftmax_forward>(all) : forward<dnnl::softmax_forward>(all);
  });
  primitive.run({x.bytes(), y.mutable_bytes()});
}

void softmax_backward(const Tensor& y, bool logarithm, const Tensor& dy, Tensor& dx) {
  Signature signature("softmax backward");
  signature.add(y.shape()).add(logarithm);
  auto& primitive = cached<Primitive>(std::move(signature), [&] {
    const auto all = describe_row_major(y.shape(), DataType::f32);
    return logarithm ? backward<dnnl::logsoftmax_forward, dnnl::logsoftmax_backward>(all)
                     : backward<dnnl::softmax_forward, dnnl::softmax_backward>(all);
  });
  primitive.run({y.bytes(), dy.bytes(), dx.mutable_bytes()});
}

}  // namespace reprise::nn::onednn
