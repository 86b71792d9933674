#include "kernels/data/safetensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "tests/unit/kernels/data/reading.hpp"
#include "tests/unit/temporary_folder.hpp"

namespace reprise::nn {
namespace {

using samples::data_error;
using testing::AllOf;
using testing::HasSubstr;

std::string file_of(const std::string& header, const std::string& data = "") {
  const std::uint64_t length = header.size();
  std::string text(8, '\0');
  std::memcpy(text.data(), &length, 8);
  return text + header + data;
}

Safetensors parse(const std::string& text) {
  return parse_safetensors(std::as_bytes(std::span(text)), "m.safetensors");
}

std::string refusal(const std::string& header, std::size_t data_bytes) {
  return data_error([&] { return parse(file_of(header, std::string(data_bytes, '\0'))); });
}

Safetensors sample() {
  Safetensors content;
  auto& to = content.tensors;
  to["b.weight"] = Tensor::from(std::vector<float>{0.0F, -1.5F, 3.0F}, {3, 1});
  to["a"] = Tensor::from(std::vector<std::int8_t>{-1, 2}, {2});
  to["scalar"] = Tensor::from(std::vector<std::int32_t>{-7}, {});
  to["double"] = Tensor::from(std::vector<double>{0.5}, {1});
  to["half"] = Tensor::from(std::vector<float>{1.0F, 2.5F}, {2}).to(DataType::bf16);
  to["empty"] = Tensor::from(std::vector<std::uint8_t>{}, {0, 4});
  to["bytes \xc3\xa9\"\n"] = Tensor::from(std::vector<std::uint8_t>{0, 128, 255}, {1, 1, 1, 1, 1, 3});
  content.metadata = {{"format", "pt"}, {"", "\xe2\x82\xac"}};
  return content;
}

void expect_equal(const Safetensors& a, const Safetensors& b) {
  EXPECT_EQ(a.metadata, b.metadata);
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (const auto& [name, tensor] : a.tensors) {
    ASSERT_TRUE(b.tensors.contains(name)) << name;
    const auto& other = b.tensors.at(name);
    EXPECT_EQ(tensor.type(), other.type()) << name;
    EXPECT_EQ(tensor.shape(), other.shape()) << name;
    const auto bytes = static_cast<std::size_t>(tensor.elements()) * size_of(tensor.type());
    EXPECT_EQ(std::memcmp(tensor.bytes(), other.bytes(), bytes), 0) << name;
  }
}

TEST(Safetensors, BringBackEveryType) {
  const auto content = sample();
  expect_equal(content, parse_safetensors(safetensors_bytes(content), "m"));
  expect_equal({}, parse_safetensors(safetensors_bytes({}), "m"));
}

TEST(Safetensors, AreWrittenAsTheFormatSays) {
  Safetensors content;
  content.tensors["small"] = Tensor::from(std::vector<std::int8_t>{-1, 2}, {2});
  content.tensors["large"] = Tensor::from(std::vector<float>{1.0F}, {1, 1});
  content.metadata["format"] = "pt";
  const auto bytes = safetensors_bytes(content);
  std::string header =
      R"({"__metadata__":{"format":"pt"},"large":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},)"
      R"("small":{"dtype":"I8","shape":[2],"data_offsets":[4,6]}})";
  while (header.size() % 8 != 0) header += ' ';
  const auto expected = file_of(header, std::string("\0\0\x80\x3f\xff\x02", 6));
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), expected);
}

TEST(Safetensors, TakeViewsAsRowMajor) {
  Safetensors content;
  content.tensors["t"] = Tensor::from(std::vector<float>{1, 2, 3, 4, 5, 6}, {2, 3}).transpose(0, 1);
  const auto back = parse_safetensors(safetensors_bytes(content), "m");
  EXPECT_EQ(back.tensors.at("t").values<float>(), (std::vector<float>{1, 4, 2, 5, 3, 6}));
}

TEST(Safetensors, ConvertHalfPrecision) {
  const std::vector<std::pair<std::uint16_t, float>> known{{0x3c00, 1.0F},
                                                           {0xc000, -2.0F},
                                                           {0x7bff, 65504.0F},
                                                           {0x0400, 0x1p-14F},
                                                           {0x0001, 0x1p-24F},
                                                           {0x83ff, -0x1.ff8p-15F},
                                                           {0x3555, 0.33325195F},
                                                           {0x0000, 0.0F},
                                                           {0x7c00, std::numeric_limits<float>::infinity()},
                                                           {0xfc00, -std::numeric_limits<float>::infinity()}};
  std::string data;
  for (const auto& [bits, value] : known) data.append(reinterpret_cast<const char*>(&bits), 2);
  data += std::string("\x01\x7e\x00\x80", 4);  // a NaN, -0
  const auto tensor =
      parse(file_of(R"({"h":{"dtype":"F16","shape":[12],"data_offsets":[0,24]}})", data)).tensors.at("h");
  const auto values = tensor.values<float>();
  for (std::size_t i = 0; i < known.size(); ++i) EXPECT_EQ(values[i], known[i].second);
  EXPECT_TRUE(std::isnan(values[10]));
  EXPECT_EQ(std::bit_cast<std::uint32_t>(values[11]), 0x80000000U);
}

TEST(Safetensors, ConvertLongIntegersThatFit) {
  const auto read = [](std::int64_t value) {
    std::string data(8, '\0');
    std::memcpy(data.data(), &value, 8);
    return parse(file_of(R"({"count":{"dtype":"I64","shape":[],"data_offsets":[0,8]}})", data));
  };
  EXPECT_EQ(read(-2147483648LL).tensors.at("count").item(), -2147483648.0);
  EXPECT_THAT(data_error([&] { return read(2147483648LL); }),
              AllOf(HasSubstr("'count'"), HasSubstr("2147483648"), HasSubstr("32 bits")));
}

TEST(Safetensors, AcceptHeadersOfOtherWriters) {
  // Order of names, white space, unpadded length, null-free metadata left out.
  const auto content =
      parse(file_of("{ \"b\" : {\"shape\":[1],\"data_offsets\":[4,8],\"dtype\":\"F32\"},\n"
                    "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}  ",
                    std::string(8, '\0')));
  EXPECT_EQ(content.tensors.size(), 2U);
}

TEST(Safetensors, RefuseLengthsThatCanNotBe) {
  EXPECT_THAT(data_error([] { return parse("abc"); }),
              AllOf(HasSubstr("m.safetensors"), HasSubstr("3 bytes")));
  EXPECT_THAT(data_error([] { return parse(std::string("\x20\0\0\0\0\0\0\0{}", 10)); }),
              AllOf(HasSubstr("32 bytes"), HasSubstr("only 2 follow")));
  EXPECT_THAT(data_error([] { return parse(std::string(100, '\xff')); }),
              AllOf(HasSubstr("18446744073709551615"), HasSubstr("100000000")));
}

TEST(Safetensors, RefuseHeadersThatAreNotJson) {
  for (const std::string header : {"{", "[]", "{}x", "nul", "{\"a\":}", "{\"\xff\":1}", "{'a':1}",
                                   "{\"a\":NaN}", " {}", "", "\xef\xbb\xbf{}"})
    EXPECT_THAT(refusal(header, 0), AllOf(HasSubstr("m.safetensors"), HasSubstr("header"))) << header;
  EXPECT_THAT(refusal(std::string("{}\0{}", 5), 0), HasSubstr("zero byte"));
  EXPECT_THAT(refusal("{\"a\":" + std::string(1000, '[') + std::string(1000, ']') + "}", 0),
              HasSubstr("nests deeper"));
}

TEST(Safetensors, RefuseNamesSaidTwice) {
  const std::string one = R"("w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
  EXPECT_THAT(refusal("{" + one + "," + one + "}", 1), AllOf(HasSubstr("\"w\""), HasSubstr("twice")));
  EXPECT_THAT(refusal(R"({"w":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1),
              AllOf(HasSubstr("\"dtype\""), HasSubstr("twice")));
}

TEST(Safetensors, RefuseDescriptionsThatDoNotFit) {
  const auto described = [](const std::string& type, const std::string& shape, const std::string& offsets,
                            std::size_t data) {
    return refusal(
        R"({"w":{"dtype":)" + type + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}", data);
  };
  EXPECT_EQ(described("\"F32\"", "[2]", "[0,8]", 8), "no error");
  EXPECT_THAT(described("\"F8_E4M3\"", "[1]", "[0,1]", 1), AllOf(HasSubstr("\"w\""), HasSubstr("F8_E4M3")));
  EXPECT_THAT(described("7", "[1]", "[0,1]", 1), HasSubstr("dtype 7"));
  EXPECT_THAT(described("\"F32\"", "[-2]", "[0,8]", 8), HasSubstr("-2 in its shape"));
  EXPECT_THAT(described("\"F32\"", "[2.0]", "[0,8]", 8), HasSubstr("2.0 in its shape"));
  EXPECT_THAT(described("\"F32\"", "[36893488147419103234]", "[0,8]", 8), HasSubstr("in its shape"));
  EXPECT_THAT(described("\"F32\"", "2", "[0,8]", 8), HasSubstr("shape 2"));
  EXPECT_THAT(described("\"F32\"", "[1,1,1,1,1,1,2]", "[0,8]", 8), HasSubstr("7 axes"));
  EXPECT_THAT(described("\"F32\"", "[4294967296,4294967296]", "[0,0]", 0), HasSubstr("more bytes than"));
  EXPECT_THAT(described("\"F32\"", "[0,4294967296,4294967296]", "[0,0]", 0), HasSubstr("more bytes than"));
  EXPECT_THAT(described("\"F32\"", "[2]", "[0,4]", 4), AllOf(HasSubstr("has 4 bytes"), HasSubstr("need 8")));
  EXPECT_THAT(described("\"F32\"", "[2]", "[8,0]", 8), HasSubstr("behind its end"));
  EXPECT_THAT(described("\"F32\"", "[2]", "[8]", 8), HasSubstr("1 data_offsets"));
  EXPECT_THAT(described("\"F32\"", "[2]", "[0,8]", 7), AllOf(HasSubstr("byte 8"), HasSubstr("there are 7")));
  EXPECT_THAT(described("\"F32\"", "[2]", "[0,8]", 9), HasSubstr("last 1 bytes belong to no tensor"));
  EXPECT_THAT(described("\"U8\"", "[2]", "[1,3]", 3), HasSubstr("bytes 0 to 1"));
  EXPECT_THAT(refusal(R"({"w":[]})", 0), HasSubstr("described by []"));
  EXPECT_THAT(refusal(R"({"w":{"dtype":"F32","shape":[]}})", 0), HasSubstr("no data_offsets"));
  EXPECT_THAT(refusal(R"({"__metadata__":{"a":1}})", 0), HasSubstr("only strings"));
  EXPECT_THAT(refusal(R"({"__metadata__":"a"})", 0), HasSubstr("__metadata__"));
}

TEST(Safetensors, RefuseTensorsThatOverlapOrLeaveGapsOrAreMisaligned) {
  const auto two = [](const std::string& second, const std::string& type, const std::string& shape) {
    return R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":")" + type + R"(","shape":)" +
           shape + R"(,"data_offsets":)" + second + "}}";
  };
  EXPECT_EQ(refusal(two("[4,8]", "F32", "[1]"), 8), "no error");
  EXPECT_THAT(refusal(two("[2,6]", "U8", "[4]"), 6), AllOf(HasSubstr("\"a\" and \"b\" overlap")));
  EXPECT_THAT(refusal(two("[0,4]", "U8", "[4]"), 4), HasSubstr("overlap"));
  EXPECT_THAT(refusal(two("[5,6]", "U8", "[1]"), 6), HasSubstr("bytes 4 to 5"));
  EXPECT_THAT(refusal(two("[4,12]", "F64", "[1]"), 12),
              AllOf(HasSubstr("\"b\""), HasSubstr("byte 4"), HasSubstr("multiple")));
}

TEST(Safetensors, RefuseToWriteWhatTheFormatCanNotHold) {
  Safetensors content;
  content.tensors["__metadata__"] = Tensor::zeros({1});
  EXPECT_THROW((void)safetensors_bytes(content), std::invalid_argument);
  content.tensors = {{"\xff", Tensor::zeros({1})}};
  EXPECT_THROW((void)safetensors_bytes(content), std::invalid_argument);
  content.tensors = {{"none", Tensor()}};
  EXPECT_THROW((void)safetensors_bytes(content), std::invalid_argument);
}

TEST(Safetensors, ReplaceAFileInOneStep) {
  const samples::TemporaryFolder folder;
  const auto file = folder.write("m.safetensors", std::string("old"));
  write_safetensors(file, sample());
  expect_equal(sample(), read_safetensors(file));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
  EXPECT_THAT(data_error([&] { return read_safetensors(folder.path() / "absent"); }),
              AllOf(HasSubstr("absent"), HasSubstr("cannot be opened")));
  EXPECT_THAT(data_error([&] {
                write_safetensors(folder.path() / "no" / "m", sample());
                return 0;
              }),
              HasSubstr("cannot be written: No such file"));
  std::filesystem::create_directory(folder.path() / "taken");
  EXPECT_THAT(data_error([&] {
                write_safetensors(folder.path() / "taken", sample());
                return 0;
              }),
              HasSubstr("cannot be written"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2);
}

/// Reads what a mutated file holds, or sees it refused; anything else fails the test.
bool survives(const std::string& text) {
  try {
    const auto content = parse(text);
    for (const auto& [name, tensor] : content.tensors) {
      const auto copy = tensor.clone();
      EXPECT_EQ(copy.shape(), tensor.shape());
    }
    return true;
  } catch (const DataError&) {
    return false;
  }
}

TEST(Safetensors, AreReadOrRefusedWhateverChanges) {
  const auto bytes = safetensors_bytes(sample());
  const std::string valid(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::vector<std::string> words{"0",          "9",   "-1",  "18446744073709551616",
                                       "4294967296", "[",   "]",   "{",
                                       "}",          ",",   "\"",  "\\u0000",
                                       "F64",        "I64", "F16", "null",
                                       "1e3"};
  std::mt19937_64 random(20);
  int read = 0;
  for (int round = 0; round < 30000; ++round) {
    auto text = valid;
    for (auto changes = 1 + random() % 4; changes > 0; --changes) {
      const auto at = random() % text.size();
      switch (random() % 5) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.resize(at + 1);
          break;
        case 2:
          text.erase(at, 1 + random() % 8);
          break;
        case 3:
          text.insert(at, words[random() % words.size()]);
          break;
        default:
          text.replace(at, 1, words[random() % words.size()]);
      }
      if (text.empty()) break;
      // Half of the time the header's length is right again, so that the changes are looked at.
      const std::uint64_t length = text.rfind('}') + 1 - 8;
      if (text.size() > 8 && random() % 2 == 0) std::memcpy(text.data(), &length, 8);
    }
    read += survives(text) ? 1 : 0;
  }
  EXPECT_GT(read, 100);
}

TEST(Safetensors, AreReadByThePythonPackage) {
  if (!samples::python_has("safetensors.numpy")) {
    GTEST_SKIP() << "SKIPPED, NOT CHECKED: the Python package safetensors is not installed";
  }
  const samples::TemporaryFolder folder;
  auto content = sample();
  content.tensors.erase("half");  // numpy has no bfloat16
  write_safetensors(folder.path() / "m.safetensors", content);
  const auto script =
      folder.write("read.py", std::string("import sys\n"
                                          "from safetensors.numpy import load_file\n"
                                          "t = load_file(sys.argv[1])\n"
                                          "assert len(t) == 6\n"
                                          "assert t['b.weight'].tolist() == [[0], [-1.5], [3]]\n"
                                          "assert t['empty'].shape == (0, 4)\n"));
  EXPECT_EQ(samples::run_python(script, (folder.path() / "m.safetensors").string()), 0);
}

}  // namespace
}  // namespace reprise::nn
